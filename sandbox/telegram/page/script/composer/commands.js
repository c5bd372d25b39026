// The bot's commands above the field: all by the menu button, the fitting ones while a "/" is being written.

import { element } from "../core/dom.js";
import { say } from "../core/language.js";

/** The list of commands, and the walk through it by keyboard while the focus stays in the field. */
export class CommandList {
  #chosen = 0;
  #open = false;

  /** @param {(command: string) => void} send sends a command */
  constructor(send) {
    this.send = send;
    this.fitting = [];
  }

  get isOpen() { return this.#open && this.fitting.length > 0; }
  get wasAsked() { return this.#open; }

  open() { this.#open = true; this.#chosen = 0; }
  close() { this.#open = false; }

  /**
   * Return the list for what is written so far; null where it is closed or nothing fits.
   * @param {Array<{command: string, description: string}>} commands
   * @param {string} written
   */
  draw(commands, written) {
    const start = written.startsWith("/") ? written.slice(1).toLowerCase() : "";
    this.fitting = commands.filter(({ command }) => command.startsWith(start));
    this.#chosen = Math.min(this.#chosen, Math.max(this.fitting.length - 1, 0));
    if (!this.isOpen) return null;
    return element("div.commands", { role: "listbox", id: "commands", "aria-label": say("commands") },
      this.fitting.map(({ command, description }, place) => element("button", {
        type: "button", role: "option", tabIndex: -1, id: `command-${place}`, "aria-selected": String(place === this.#chosen),
        onclick: () => this.send(command),
      }, element("b", {}, `/${command}`), element("span", {}, description))));
  }

  /**
   * Take a key of the field; true where it was meant for the list.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#walk(step);
    else if (event.key === "Enter" && !event.shiftKey) this.send(this.fitting[this.#chosen].command);
    else return false;
    return true;
  }

  #walk(step) {
    this.#chosen = (this.#chosen + step + this.fitting.length) % this.fitting.length;
    document.querySelectorAll("#commands [role=option]").forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === this.#chosen));
      if (place === this.#chosen) option.scrollIntoView({ block: "nearest" });
    });
  }

  /** The id of the chosen option, for aria-activedescendant. */
  get activeId() { return this.isOpen ? `command-${this.#chosen}` : null; }
}
