"""The own account in a real Chromium: letters that act as keys, and passkeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord import exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Desks, Seen, Serve

PASSWORD = "seven wet stones by the ferry"


def test_letters_that_act_as_keys_can_be_switched_off_and_stay_so(
    world: tuple[Desks, str, str], look: Callable[..., Seen]
) -> None:
    """WCAG 2.1.4: each account for itself, from the page on which they act."""
    desks, address, wish = world
    ana = look(address)
    ana.sign_in("ana")
    ana.page.goto(f"{address}/exchange/{wish}")
    ana.enter("Keys are on", "Switch keys off")
    ana.enter("Switch keys off", "Letters no longer act as keys")
    ana.context.close()
    ana = look(address)
    ana.sign_in("ana")
    ana.page.goto(f"{address}/exchange/{wish}")
    assert ana.page.locator("kbd:visible").count() == 0
    ana.page.keyboard.press("s")
    ana.enter("Keys are off", "Switch keys on")
    assert exchange.conversation(desks.interpol.party, wish).state == "requested", "the letter did nothing"
    assert desks.interpol.choices.keys("paul")
    ana.enter("Switch keys on", "Letters act as keys")
    ana.told("Noted: the same", by="s")
    assert exchange.conversation(desks.interpol.party, wish).state == "compared"


def test_passkey_is_made_and_signs_in(desks: Desks, look: Callable[..., Seen], serve: Serve) -> None:
    """With Chromium's own authenticator, which verifies its person; by keyboard, under the strict policy."""
    with serve(desks.interpol, "localhost") as address:
        ana = look(address)
        control = ana.context.new_cdp_session(ana.page)
        control.send("WebAuthn.enable")
        traits = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                  "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        made = control.send("WebAuthn.addVirtualAuthenticator", {"options": traits})["authenticatorId"]
        ana.sign_in("ana")
        ana.page.goto(f"{address}/account")
        assert ana.violations() == []
        ana.tab_to("Name of a new passkey")
        ana.page.keyboard.type("this laptop")
        ana.tab_to("Present password")
        ana.page.keyboard.type(PASSWORD)
        ana.enter("Go on", "Make the passkey")
        assert ana.violations() == []
        ana.enter("Make the passkey", "can be used to sign in now")
        assert len(control.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]) == 1
        assert ana.violations() == []

        ana.tab_to("Sign out")
        ana.page.keyboard.press("Enter")
        ana.shows("text=Sign in with a passkey")
        assert ana.violations() == []
        ana.tab_to("Sign in with a passkey")
        ana.page.keyboard.press("Enter")
        ana.shows("h1:text('Today')")

        ana.page.goto(f"{address}/account")
        ana.enter("Remove", "worth nothing here any more")
        ana.tab_to("Sign out")
        ana.page.keyboard.press("Enter")
        ana.shows("text=Sign in with a passkey")
        ana.tab_to("Sign in with a passkey")
        ana.page.keyboard.press("Enter")
        ana.shows("text=This does not fit")
        assert [one for one in ana.complaints if "status of 403" not in one] == []
        control.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": False})
        ana.tab_to("Sign in with a passkey")
        ana.page.keyboard.press("Enter")
        ana.shows("text=The browser used none")
