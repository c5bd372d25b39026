"""Somebody buys tokens in the running house, from /buy to the thanks."""


def test_tokens_are_bought_paid_for_and_spent(new_person):
    person = new_person()
    person.say("/start")
    person.wait_for_text("Hello, Eileen")
    asked = person.say("/buy")
    offers = person.wait_for_text("Buy tokens", after=asked)
    person.press(offers, "150 tokens")
    bill = person.wait_for(lambda chat: next((m for m in chat if m.get("invoice")), None), "an invoice")
    paid = person.client.post(f"/sim/users/{person.user_id}/pay", json={"message_id": bill["message_id"]}).json()
    assert paid["paid"], paid
    thanks = person.wait_for_text("Thank you", "150 tokens", "180 tokens", after=bill["message_id"])
    person.press(thanks, "The payment")
    assert "200\u202f⭐" in person.wait_for_text("Payment no.", after=thanks["message_id"])["text"]
