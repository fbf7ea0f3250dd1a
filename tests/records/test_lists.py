"""The lists of the UN Security Council and of OFAC, in the form in which they are published (the persons are made up)."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from accord.errors import InputError
from accord.records import Entity, Report, read_entities

_UN = """<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z"><INDIVIDUALS>
<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>AMINA</FIRST_NAME><SECOND_NAME>DIALLO</SECOND_NAME><THIRD_NAME>na</THIRD_NAME>
<UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.901</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
<GENDER>Female</GENDER><NAME_ORIGINAL_SCRIPT>أمينة ديالو</NAME_ORIGINAL_SCRIPT><COMMENTS1>Made up
for a test.</COMMENTS1><DESIGNATION><VALUE>Treasurer</VALUE></DESIGNATION><NATIONALITY><VALUE>Rwanda</VALUE></NATIONALITY>
<LAST_DAY_UPDATED><VALUE>2016-10-13</VALUE></LAST_DAY_UPDATED>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>A. Diallo; Mina Diallo</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Mimi</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><CITY>Goma</CITY><COUNTRY>Uganda</COUNTRY><NOTE>as of 2016</NOTE></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1971</FROM_YEAR><TO_YEAR>1973</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_PLACE_OF_BIRTH><CITY>Kigali</CITY><COUNTRY>Rwanda</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>PC 123456</NUMBER>
<ISSUING_COUNTRY>Rwanda</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number</TYPE_OF_DOCUMENT><NUMBER>77001</NUMBER>
</INDIVIDUAL_DOCUMENT></INDIVIDUAL>
<INDIVIDUAL><FIRST_NAME>NAMELESS NUMBER</FIRST_NAME></INDIVIDUAL>
</INDIVIDUALS><ENTITIES>
<ENTITY><DATAID>2</DATAID><FIRST_NAME>RED SEA TRADING ; RST HOLDING</FIRST_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
<REFERENCE_NUMBER>CDe.901</REFERENCE_NUMBER>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Blue Sea Trading</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ADDRESS><COUNTRY>Rwanda</COUNTRY></ENTITY_ADDRESS></ENTITY>
</ENTITIES></CONSOLIDATED_LIST>"""
_PERSON = {
    "name": ("AMINA DIALLO", "أمينة ديالو"),
    "alias": ("A. Diallo", "Mina Diallo"),
    "weakAlias": ("Mimi",),
    "country": ("Uganda",),
    "address": ("Goma, Uganda",),
    "notes": ("as of 2016", "Passport, Rwanda", "National Identification Number", "Made up for a test."),
    "position": ("Treasurer",),
    "nationality": ("Rwanda",),
    "gender": ("female",),
    "birthDate": ("1971", "1972", "1973"),
    "birthPlace": ("Kigali, Rwanda",),
    "birthCountry": ("Rwanda",),
    "passportNumber": ("PC 123456",),
    "idNumber": ("77001",),
    "topics": ("sanction",),
    "program": ("DRC",),
    "createdAt": ("2012-12-31",),
    "modifiedAt": ("2016-10-13",),
}
_SDN = (
    '36,"RED SEA AIR",-0- ,"CUBA] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'RSA\'; UK Company Number 0112 '
    '(United Kingdom)."\r\n'
    '40,"DIALLO, Amina","individual","SDGT","Treasurer",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 10 Dec 1948; alt. DOB 1949; '
    "Passport PC123456 (Rwanda) issued 28 Feb 1996 expires 27 Feb 2001; citizen Rwanda; Gender Female; Digital Currency "
    'Address - XBT 12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX; arrested 23 Apr 2002."\r\n'
    '41,"MAR AZUL","vessel","CUBA",-0- ,"CL2192","Tug",-0- ,"212","Cuba","Samir","Vessel Registration Identification IMO '
    '9074729; MMSI 572469210."\r\n\x1a'
)
_ALT = '36,12,"aka","RED SEA AIRLINES",-0- \r\n40,13,"fka","KEITA, Amina",-0- \r\n'
_ADD = '36,25,-0- ,"Havana","Cuba",-0- \r\n36,26,-0- ,-0- ,"Spain",-0- \r\n'


def _read(path: Path) -> tuple[dict[str, Entity], Report]:
    report = Report()
    return {entity.id: entity for entity in read_entities(path, report=report)}, report


def _ofac(folder: Path, names: tuple[str, str, str] = ("sdn.csv", "alt.csv", "add.csv")) -> Path:
    for name, text in zip(names, (_SDN, _ALT, _ADD), strict=True):
        (folder / name).write_text(text, newline="")
    return folder / names[0]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: data.decode().encode("utf-16")])
def test_the_un_list_is_known_by_its_content(tmp_path: Path, pack: object) -> None:
    text = _UN.replace(' encoding="utf-8"', "") if "lambda" in repr(pack) else _UN
    (tmp_path / "download").write_bytes(pack(text.encode()))  # type: ignore[operator]
    found, report = _read(tmp_path / "download")
    assert dict(found["un-CDi.901"].properties) == _PERSON
    assert found["un-CDe.901"].schema == "Organization"
    assert dict(found["un-CDe.901"].properties) == {
        "name": ("RED SEA TRADING",),
        "alias": ("RST HOLDING",),
        "previousName": ("Blue Sea Trading",),
        "country": ("Rwanda",),
        "topics": ("sanction",),
        "program": ("DRC",),
    }
    assert report.notes == []
    assert [problem.code for problem in report.problems] == ["records.row"]


def test_billion_laughs_in_the_un_list_are_refused(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY l0 "ha">{laughs}]>'
    text = _UN.replace("<CONSOLIDATED_LIST", f"{doctype}<CONSOLIDATED_LIST", 1).replace("AMINA", "&l9;")
    (tmp_path / "un.xml").write_text(text)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "un.xml"))
    assert caught.value.code == "records.xml"
    assert "document type" in caught.value.message


def test_a_file_named_by_the_un_list_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    doctype = f'<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    (tmp_path / "un.xml").write_text(_UN.replace("<CONSOLIDATED_LIST", f"{doctype}<CONSOLIDATED_LIST", 1))
    with pytest.raises(InputError, match="document type"):
        list(read_entities(tmp_path / "un.xml"))


@pytest.mark.parametrize("cut", [300, 900, 1900])
def test_a_cut_un_list_names_its_line(tmp_path: Path, cut: int) -> None:
    (tmp_path / "un.xml").write_text(_UN[:cut])
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "un.xml"))
    assert caught.value.code == "records.xml"
    assert caught.value.problems[0].line


def test_other_xml_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_text("<html><p>no list</p></html>")
    with pytest.raises(InputError, match="no list that Accord reads"):
        list(read_entities(tmp_path / "page.xml"))


@pytest.mark.parametrize("names", [("sdn.csv", "alt.csv", "add.csv"), ("SDN.CSV", "ALT.CSV", "ADD.CSV")])
def test_ofac_files_are_found_beside_each_other(tmp_path: Path, names: tuple[str, str, str]) -> None:
    found, report = _read(_ofac(tmp_path, names))
    assert report.problem_count == 0
    assert names[1] in report.said[0]
    assert names[2] in report.said[0]
    firm, person, wallet, ship = found.values()
    assert dict(firm.properties) == {
        "name": ("RED SEA AIR",),
        "alias": ("RED SEA AIRLINES",),
        "weakAlias": ("RSA",),
        "registrationNumber": ("0112",),
        "country": ("Cuba", "Spain"),
        "address": ("Havana, Cuba",),
        "topics": ("sanction",),
        "program": ("CUBA", "SDGT"),
        "notes": ("a.k.a. 'RSA'; UK Company Number 0112 (United Kingdom).",),
    }
    assert person.get("name") == ("Amina DIALLO",)
    assert person.get("previousName") == ("Amina KEITA",)
    assert person.get("birthDate") == ("10 Dec 1948", "1949")
    assert person.get("passportNumber") == ("PC123456",)
    assert (person.get("citizenship"), person.get("gender")) == (("Rwanda",), ("female",))
    assert wallet.to_dict() == {
        "id": "ofac-40-wallet-1",
        "schema": "CryptoWallet",
        "properties": {
            "publicKey": ["12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX"],
            "currency": ["XBT"],
            "holder": ["ofac-40"],
        },
    }
    assert (ship.schema, ship.get("imoNumber"), ship.get("mmsi")) == ("Vessel", ("9074729",), ("572469210",))
    assert (ship.get("flag"), ship.get("type"), ship.get("callSign")) == (("Cuba",), ("Tug",), ("CL2192",))


def test_comments_of_ofac_continue_the_remarks(tmp_path: Path) -> None:
    path = _ofac(tmp_path)
    (tmp_path / "sdn_comments.csv").write_text('40,"Passport ZZ998877 (Rwanda)."\r\n')
    assert _read(path)[0]["ofac-40"].get("passportNumber") == ("PC123456",)  # the remark before ends with a full stop
    path.write_text(path.read_text().replace("arrested 23 Apr 2002.", "arrested 23 Apr 2002;"), newline="")
    assert _read(path)[0]["ofac-40"].get("passportNumber") == ("PC123456", "ZZ998877")


def test_ofac_without_its_other_files_says_so(tmp_path: Path) -> None:
    path = _ofac(tmp_path)
    (tmp_path / "alt.csv").unlink()
    (tmp_path / "add.csv").unlink()
    found, report = _read(path)
    assert len(found) == 4
    assert "no other names" in report.said[0]


@pytest.mark.parametrize("name", ["alt.csv", "add.csv"])
def test_a_side_file_of_ofac_alone_asks_for_the_main_one(tmp_path: Path, name: str) -> None:
    _ofac(tmp_path)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / name))
    assert caught.value.code == "records.ofac"
    assert "sdn.csv" in caught.value.remedy


def test_the_real_samples_are_read_whole(shared_data: Path) -> None:
    raw = shared_data / "match" / "raw"
    un, report = _read(raw / "un_consolidated_sample.xml")
    assert Counter(entity.schema for entity in un.values()) == {"Person": 10, "Organization": 5}
    assert (report.problem_count, report.notes) == (0, [])
    ofac, report = _read(raw / "ofac_sdn_sample.csv")
    assert Counter(entity.schema for entity in ofac.values()) == {"Person": 951, "LegalEntity": 545, "Vessel": 4}
    assert report.problem_count == 0
    persons = [entity for entity in ofac.values() if entity.schema == "Person"]
    assert sum(bool(person.get("birthDate")) for person in persons) == 848
