"""The definitions of the areas and functions, their exclusions, in four languages and more."""

from __future__ import annotations

import pytest

from accord.coverage.classify import AREAS, FUNCTIONS, THREATS, Labels, classify, classify_many, threat_views

BY_DEFINITION = [
    ("Assistance to victims of trafficking and case management", {"trafficking-in-persons"}),
    ("Formation des juges sur la traite des êtres humains", {"trafficking-in-persons"}),
    ("Lucha contra la trata de niñas, niños y adolescentes", {"trafficking-in-persons"}),
    ("Vítimas de tráfico de pessoas são apoiadas", {"trafficking-in-persons"}),
    ("Противодействие торговле людьми", {"trafficking-in-persons"}),
    ("مكافحة الاتجار بالبشر", {"trafficking-in-persons"}),
    ("Prosecution of the smuggling of labour migrants", {"migrant-smuggling"}),
    ("Réponse au trafic illicite de migrants", {"migrant-smuggling"}),
    ("Combate al tráfico ilícito de migrantes", {"migrant-smuggling"}),
    ("Rangers equipped against poaching and illegal logging", {"wildlife-crime"}),
    ("Lutte contre la criminalité liée aux espèces protégées", {"wildlife-crime"}),
    ("Investigación de la tala ilegal", {"wildlife-crime"}),
    ("Protecting museums from the illicit trafficking of antiquities", {"cultural-property"}),
    ("Tráfico ilícito de bienes culturales", {"cultural-property"}),
    ("Stockpile security for small arms and ammunition", {"firearms"}),
    ("Contrôle des armes légères et de petit calibre", {"firearms"}),
    ("Whistle-blower protection and asset declarations", {"corruption"}),
    ("Prevención del soborno en la contratación", {"corruption"}),
    ("Tracing and confiscation of criminal assets", {"asset-recovery"}),
    ("Recouvrement des avoirs", {"asset-recovery"}),
    ("Treatment of people who use drugs", {"drugs"}),
    ("Cultivos ilícitos y desarrollo alternativo", {"drugs"}),
    ("Prevenção do uso de drogas nas escolas", {"drugs"}),
    ("Борьба с незаконным оборотом наркотиков", {"drugs"}),
    ("Investigating online child sexual exploitation", {"cybercrime"}),
    ("Estrategia nacional de ciberseguridad", {"cybercrime"}),
    ("Support to the financial intelligence unit", {"money-laundering"}),
    ("Combate à lavagem de dinheiro", {"money-laundering"}),
    ("Measuring illicit financial flows", {"illicit-financial-flows"}),
    ("Maritime crime and piracy off the coast", {"organised-crime"}),
    ("Delincuencia organizada transnacional", {"organised-crime"}),
    ("Rights of victims of terrorism", {"terrorism"}),
    ("Prévention du financement du terrorisme", {"terrorism-financing"}),
    ("Advance passenger information to detect foreign terrorist fighters", {"foreign-terrorist-fighters"}),
    ("Disengagement of violent extremist prisoners", {"violent-extremism"}),
    ("Improvised explosive devices and their precursors", {"explosives"}),
    (
        "Analysis of the links between terrorism and organized crime",
        {"organised-crime", "terrorism", "crime-terror-nexus"},
    ),
    ("AML/CFT supervision of banks", {"money-laundering", "terrorism-financing"}),
    (
        "Laws on trafficking in persons, migrant smuggling, illicit drugs, wildlife trafficking and corruption",
        {"trafficking-in-persons", "migrant-smuggling", "drugs", "wildlife-crime", "corruption"},
    ),
]


@pytest.mark.parametrize(("title", "areas"), BY_DEFINITION)
def test_an_area_is_given_by_its_definition(title: str, areas: set[str]) -> None:
    assert set(classify(title).areas) == areas


EXCLUDED = [
    ("Strengthening migration management and border governance", "migrant-smuggling", "migrant smuggling"),
    ("Promotion of cultural heritage and crafts", "cultural-property", "heritage"),
    ("Transparency and good governance in public finance", "corruption", "corruption is not named"),
    ("Humanitarian demining and explosive ordnance risk education", "explosives", "humanitarian demining"),
    ("Treatment of multi-drug resistant tuberculosis", "drugs", "medicines"),
    ("Eliminación del uso de sustancias que agotan la capa de ozono", "drugs", "ozone"),
    ("Reducing human-wildlife conflict around parks", "wildlife-crime", "without crime"),
    ("Modernisation de la traite des vaches", "trafficking-in-persons", "another meaning"),
    ("Digital literacy against cyber bullying", "cybercrime", "digital literacy"),
]


@pytest.mark.parametrize(("title", "label", "reason"), EXCLUDED)
def test_what_a_definition_excludes_is_no_area_and_the_reason_is_told(title: str, label: str, reason: str) -> None:
    labels = classify(title)
    assert labels.areas == ()
    assert labels.functions == ()
    told = [found for found in labels.evidence if found.label == label]
    assert told
    assert all(found.weight == 0 and reason in found.reason for found in told)


@pytest.mark.parametrize(
    "title",
    [
        "Streamlined procedures for AMLodipine supply",  # AML inside words
        "Se trata de una iniciativa de conectividad",
        "La tablette qui traite les données",
        "Artisanat: câmaras municipais e aymaras",  # maras inside words
        "A tip for farmers' groups",
        "Procurement of essential drugs",
        "Humanitarian-development-peace nexus",
        "Recovery of the tourism sector",
        "",
    ],
)
def test_a_word_inside_a_word_or_with_another_meaning_is_no_area(title: str) -> None:
    assert classify(title).areas == ()


def test_financing_of_terrorism_alone_is_not_terrorism_in_general() -> None:
    assert classify("Counter terrorist financing").areas == ("terrorism-financing",)
    both = classify("Prosecution of terrorists and of the financing of terrorism")
    assert both.areas == ("terrorism", "terrorism-financing")


def test_a_denied_area_is_not_given_and_says_so() -> None:
    labels = classify("Community policing", "Petty offences, excluding drug trafficking. The police is trained.")
    assert labels.areas == ()
    assert ("drugs", "denied by the text") in {(found.label, found.reason) for found in labels.evidence}


def test_a_denial_ends_with_its_sentence() -> None:
    assert classify("", "Other crimes are not covered. Drug trafficking is.").areas == ("drugs",)


def test_the_name_of_an_office_is_no_area() -> None:
    assert classify("Essential services for women", "With the United Nations Office on Drugs and Crime").areas == ()


def test_the_context_completes_but_gives_nothing_alone() -> None:
    outcome = "Trafficking in persons and migrant smuggling are reduced"
    assert classify("Rural roads are rehabilitated", context=outcome).areas == ()
    assert classify("Trafficking cases are monitored").areas == ()
    completed = classify("Trafficking cases are monitored", context=outcome)
    assert completed.areas == ("trafficking-in-persons",)
    assert {found.field for found in completed.evidence} == {"title", "context"}


def test_a_title_cut_in_the_middle_of_a_word_is_still_read() -> None:
    cut = "Renforcement des capacités des magistrats, des greffiers, des officiers de police judiciaire et des "
    cut += "enquêteurs spécialisés de toutes les juridictions du pays, en particulier dans la lutte contre le blanchi"
    assert len(cut) >= 195
    assert classify(cut).areas == ("money-laundering",)
    assert classify("Lutte contre le blanchi").areas == ()


@pytest.mark.parametrize(
    ("title", "functions"),
    [
        ("Drafting of an anti-corruption law", {"legal"}),
        ("Formation des magistrats sur la corruption", {"capacity-building"}),
        ("E-learning course on corruption", {"e-learning"}),
        ("Joint investigations against drug trafficking", {"operations"}),
        ("Database of stolen cultural property", {"tools-and-databases"}),
        ("Encuesta sobre corrupción", {"research"}),
        ("Coordinación interinstitucional contra la trata de personas", {"coordination"}),
        ("Reintegration of victims of trafficking", {"prevention"}),
    ],
)
def test_a_function_is_given_by_its_definition(title: str, functions: set[str]) -> None:
    assert set(classify(title).functions) == functions


@pytest.mark.parametrize(
    ("title", "functions"),
    [
        ("Обучение следователей по делам о торговле людьми", {"capacity-building"}),
        ("Сотрудничество против организованной преступности", {"coordination"}),
        ("بناء القدرات لمكافحة الإرهاب", {"capacity-building"}),
        ("دراسة عن المخدرات", {"research"}),
    ],
)
def test_a_function_is_read_in_russian_and_arabic(title: str, functions: set[str]) -> None:
    assert set(classify(title).functions) == functions


def test_the_name_of_the_wider_programme_gives_nothing_where_the_activity_speaks_for_itself() -> None:
    programme = "Project name: Action against human trafficking and migrant smuggling. Donor: X"
    labels = classify("Legal response to cybercrime", programme)
    assert labels.areas == ("cybercrime",)
    assert {found.reason for found in labels.evidence if found.label == "migrant-smuggling"} == {
        "names the programme around it, not what it does itself"
    }
    assert classify("Services for vulnerable groups", programme).areas == (
        "trafficking-in-persons",
        "migrant-smuggling",
    )


def test_the_scene_of_the_work_is_not_the_work() -> None:
    labels = classify("Prevention of human trafficking in the context of illegal mining")
    assert labels.areas == ("trafficking-in-persons",)
    assert any(found.label == "wildlife-crime" and found.reason for found in labels.evidence)


def test_a_treaty_that_is_only_referred_to_is_no_area() -> None:
    title = (
        "Implementation of the Protocol on firearms, supplementing the Convention against Transnational Organized Crime"
    )
    assert classify(title).areas == ("firearms",)
    assert classify("Laws against trafficking in persons in line with UNTOC").areas == ("trafficking-in-persons",)
    assert classify("Implementation of UNTOC").areas == ("organised-crime",)


def test_law_enforcement_is_not_law_making() -> None:
    assert "legal" not in classify("Law enforcement officers trained against corruption").functions


def test_no_area_means_no_function() -> None:
    assert classify("Training of teachers and a survey of schools") == Labels()


def test_labels_stand_in_the_published_order() -> None:
    labels = classify("Terrorism, corruption and drug trafficking", "Research, training and legislation")
    assert list(labels.areas) == [area for area in AREAS if area in labels.areas]
    assert list(labels.functions) == [name for name in FUNCTIONS if name in labels.functions]


def test_codes_are_evidence_of_their_own_weight() -> None:
    assert classify("Rural programme", codes=["DAC:16063"]).areas == ("drugs",)
    assert classify("Rural programme", codes=["DAC:15110", "nonsense"]).areas == ()
    assert classify("Rural programme", codes=["SDG:16.2"]).areas == ()
    assert classify("Trafficking", codes=["SDG:16.2"]).areas == ("trafficking-in-persons",)
    labels = classify("", codes=["sdg:16.5"])
    assert [(found.field, found.words) for found in labels.evidence] == [("code", "sdg:16.5")]


def test_many_rows_are_read_lazily_and_in_order() -> None:
    rows = [{"title": "Corruption"}, {"title": None, "description": "Drogue"}, {"title": "x", "codes": ["SDG:15.7"]}]
    assert [labels.areas for labels in classify_many(rows)] == [("corruption",), ("drugs",), ("wildlife-crime",)]


def test_the_five_views_of_emerging_threats() -> None:
    def threats(*areas: str, text: str = "") -> list[str]:
        return [view.threat for view in threat_views(Labels(areas=areas), text)]

    assert len(THREATS) == 5
    assert threats("cultural-property") == []
    assert threats("cultural-property", "terrorism-financing") == ["cultural-property-financing-terrorism"]
    assert threats("organised-crime", "terrorism") == ["crime-terror-links"]
    assert threats("explosives", "foreign-terrorist-fighters") == [
        "foreign-terrorist-fighters",
        "improvised-explosive-devices",
    ]
    (online,) = threat_views(Labels(areas=("violent-extremism",)), "Contenus extrémistes en ligne")
    assert online.online
    (offline,) = threat_views(Labels(areas=("violent-extremism",)), "Prison staff")
    assert not offline.online


FUNCTION_READINGS = [
    ("Border liaison offices against drug trafficking", "operations", True),
    ("Use of special investigative techniques against organized crime", "operations", True),
    ("Staff of the trafficking in persons control unit, TIP control unit", "operations", False),
    ("Modernised forensic department for firearms cases", "tools-and-databases", True),
    ("Skills of judiciary and forensic services against cybercrime", "tools-and-databases", False),
    ("Roadmap of Alliance 8.7 against trafficking in persons", "coordination", False),
    ("Training of forum members against trafficking in persons", "coordination", False),
    ("Multi-sectoral support to victims of trafficking in persons", "coordination", False),
    ("Multi-sectoral coordination against trafficking in persons", "coordination", True),
    ("Corruption in the ministry. According to the national survey it rose", "research", False),
    ("Instituciones encargadas de hacer cumplir la ley contra el tráfico de drogas", "legal", False),
    ("Ley contra el tráfico de drogas", "legal", True),
]


@pytest.mark.parametrize(("text", "function", "given"), FUNCTION_READINGS)
def test_functions_are_what_is_done_not_who_is_named(text: str, function: str, given: bool) -> None:
    labels = classify(text)
    assert labels.areas
    assert (function in labels.functions) == given, labels.evidence
