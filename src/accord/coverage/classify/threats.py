"""The five emerging threats: named views over the labels of an activity, no labels of their own.

Invariant: a view depends on the areas alone; the text only says which records of a view speak of the internet.

>>> labels = Labels(areas=("terrorism", "violent-extremism"))
>>> [(view.threat, view.online) for view in threat_views(labels, "Extremist content on social media")]
[('violent-extremism-and-internet', True)]
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from accord.coverage.classify._phrases import Matcher
from accord.coverage.classify.labels import Labels
from accord.coverage.classify.words import words

THREATS = MappingProxyType(
    {
        "cultural-property-financing-terrorism": "Cultural property financing terrorism",
        "foreign-terrorist-fighters": "Foreign terrorist fighters",
        "violent-extremism-and-internet": "Violent extremism and abuse of the internet for terrorist purposes",
        "improvised-explosive-devices": "Improvised explosive devices",
        "crime-terror-links": "Links between organised crime networks and terrorist groups",
    }
)
"""The views, each with its plain title."""

_ONLINE = Matcher(
    {
        "online": (
            "online",
            "on line",
            "internet",
            "web|website*|cyberspace|cyberespace|ciberespacio|ciberespaco",
            "digital|digitale*|digitais|digitales|numerique*",
            "social media|network|networks",
            "media|medias sociaux",
            "reseaux sociaux",
            "redes sociales|sociais",
            "en ligne",
            "en linea",
            "интернет*|онлайн",
            "الإنترنت|الانترنت",
        )
    },
    {},
)


@dataclass(frozen=True, slots=True)
class Threat:
    """One view that an activity belongs to. `online`: its text speaks of the internet, online content or platforms."""

    threat: str
    online: bool


def threat_views(labels: Labels, text: str = "") -> tuple[Threat, ...]:
    """The emerging threats that an activity with these labels belongs to; `text` is its title and description."""
    areas = set(labels.areas)
    belongs = {
        "cultural-property-financing-terrorism": "cultural-property" in areas
        and bool(areas & {"terrorism-financing", "terrorism"}),
        "foreign-terrorist-fighters": "foreign-terrorist-fighters" in areas,
        "violent-extremism-and-internet": "violent-extremism" in areas,
        "improvised-explosive-devices": "explosives" in areas,
        "crime-terror-links": "crime-terror-nexus" in areas or {"organised-crime", "terrorism"} <= areas,
    }
    online = bool(_ONLINE.find(words(text)))
    return tuple(Threat(threat, online) for threat in THREATS if belongs[threat])
