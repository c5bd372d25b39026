"""The inputs of the models that the server knows, and what an input must be like."""

from dataclasses import dataclass
from typing import Literal

from sandbox.replicate.wire import Json, JsonObject

FieldType = Literal["string", "integer", "number", "boolean", "uri"]
OutputShape = Literal["uris", "uri", "weights"]

_IS_OF_TYPE = {
    "string": lambda value: isinstance(value, str),
    "uri": lambda value: isinstance(value, str) and value.startswith(("http://", "https://", "data:")),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
}
_CALLED = {
    "string": "a string",
    "uri": "a URI",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One input: its type, its bounds, and what it is where it is not given."""

    type: FieldType
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    default: Json = None

    def complaint(self, value: Json) -> str | None:
        """Return what is wrong with a value, or None."""
        if not _IS_OF_TYPE[self.type](value):
            return f"must be {_CALLED[self.type]}"
        if self.choices and value not in self.choices:
            return "must be one of the following: " + ", ".join(f'"{choice}"' for choice in self.choices)
        if self.minimum is not None and value < self.minimum:
            return f"must be greater than or equal to {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"must be less than or equal to {self.maximum:g}"
        return None

    def schema(self) -> JsonObject:
        """Return the input as OpenAPI writes it."""
        shape: JsonObject = {"type": "string", "format": "uri"} if self.type == "uri" else {"type": self.type}
        bounds = {"minimum": self.minimum, "maximum": self.maximum, "default": self.default}
        shape.update({name: value for name, value in bounds.items() if value is not None})
        if self.choices:
            shape["enum"] = list(self.choices)
        return shape


@dataclass(frozen=True, slots=True)
class Schema:
    """The inputs of a model by name, and the sets of which at least one must be given."""

    fields: dict[str, Field]
    output: OutputShape
    one_of: tuple[str, ...] = ()

    def complaints(self, given: JsonObject) -> list[str]:
        """Return what is wrong with an input, a line for each. Unknown inputs are let through, as Replicate does."""
        missing = [name for name, field in self.fields.items() if field.required and given.get(name) is None]
        reasons = [f"input.{name} is required" for name in missing]
        if self.one_of and not any(given.get(name) for name in self.one_of):
            reasons.append("input must have one of: " + ", ".join(self.one_of))
        for name, value in given.items():
            field = self.fields.get(name)
            if field is not None and value is not None and (wrong := field.complaint(value)):
                reasons.append(f"input.{name} {wrong}")
        return reasons

    def filled(self, given: JsonObject) -> JsonObject:
        """Return an input with the defaults of what it leaves out."""
        return {name: field.default for name, field in self.fields.items()} | {
            name: value for name, value in given.items() if value is not None
        }

    def openapi(self) -> JsonObject:
        """Return the schema as a version's `openapi_schema`."""
        properties = {name: field.schema() for name, field in self.fields.items()}
        inputs = {
            "type": "object",
            "title": "Input",
            "properties": properties,
            "required": [name for name, field in self.fields.items() if field.required],
        }
        uri: JsonObject = {"type": "string", "format": "uri", "title": "Output"}
        outputs: dict[OutputShape, JsonObject] = {
            "uris": {"type": "array", "items": {"type": "string", "format": "uri"}, "title": "Output"},
            "uri": uri,
            "weights": {"type": "object", "title": "TrainingOutput", "properties": {"weights": uri, "version": {}}},
        }
        names = ("TrainingInput", "TrainingOutput") if self.output == "weights" else ("Input", "Output")
        return {
            "info": {"title": "Cog", "version": "0.1.0"},
            "openapi": "3.0.2",
            "components": {"schemas": {names[0]: inputs, names[1]: outputs[self.output]}},
        }


ASPECT_RATIOS = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
OUTPUT_FORMATS = ("webp", "jpg", "png")


def flux(most_steps: int, steps: int, *, takes_image: bool, takes_lora: bool) -> Schema:
    """Return the inputs of a FLUX model; a picture and a LoRA only where it takes them."""
    fields = {
        "prompt": Field("string", required=True),
        "negative_prompt": Field("string"),
        "aspect_ratio": Field("string", choices=(*ASPECT_RATIOS, "custom"), default="1:1"),
        "width": Field("integer", minimum=256, maximum=1440),
        "height": Field("integer", minimum=256, maximum=1440),
        "num_outputs": Field("integer", minimum=1, maximum=4, default=1),
        "num_inference_steps": Field("integer", minimum=1, maximum=most_steps, default=steps),
        "guidance": Field("number", minimum=0, maximum=10),
        "guidance_scale": Field("number", minimum=0, maximum=10),
        "seed": Field("integer"),
        "output_format": Field("string", choices=OUTPUT_FORMATS, default="webp"),
        "output_quality": Field("integer", minimum=0, maximum=100, default=80),
        "megapixels": Field("string", choices=("1", "0.25"), default="1"),
        "go_fast": Field("boolean"),
        "disable_safety_checker": Field("boolean", default=False),
    }
    if takes_image:
        fields["image"] = Field("uri")
        fields["prompt_strength"] = Field("number", minimum=0, maximum=1, default=0.8)
    if takes_lora:
        for name in ("lora_weights", "extra_lora"):
            fields[name] = Field("string")
        for name in ("lora_scale", "extra_lora_scale"):
            fields[name] = Field("number", minimum=-1, maximum=3, default=1)
    return Schema(fields, "uris")


UPSCALE = Schema(
    {
        "image": Field("uri", required=True),
        "scale": Field("number", minimum=0, maximum=10, default=4),
        "face_enhance": Field("boolean", default=False),
    },
    "uri",
)
MESH = Schema(
    {
        "image": Field("uri"),
        "prompt": Field("string"),
        "enable_pbr": Field("boolean", default=False),
        "face_count": Field("integer", minimum=40_000, maximum=1_500_000, default=500_000),
    },
    "uri",
    one_of=("image", "prompt"),
)
TRAINING = Schema(
    {
        "input_images": Field("uri", required=True),
        "trigger_word": Field("string", default="TOK"),
        "autocaption": Field("boolean", default=True),
        "autocaption_prefix": Field("string"),
        "steps": Field("integer", minimum=3, maximum=6000, default=1000),
        "learning_rate": Field("number", default=0.0004),
        "lora_rank": Field("integer", minimum=1, maximum=128, default=16),
        "batch_size": Field("integer", default=1),
        "resolution": Field("string", default="512,768,1024"),
        "caption_dropout_rate": Field("number", minimum=0, maximum=1, default=0.05),
        "optimizer": Field("string", default="adamw8bit"),
    },
    "weights",
)
