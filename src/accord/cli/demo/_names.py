"""Names that belong to nobody: common given names beside family names made of syllables, in six scripts.

Invariants: each name comes in its own script and in the Latin form that a clerk would write; the same random source
gives the same names.

>>> import random
>>> name = person_name(random.Random(7), "Cyrillic")
>>> len(name.native.split()), len(name.latin.split())
(2, 2)
"""

from __future__ import annotations

import random
from dataclasses import dataclass

Pair = tuple[str, str]  # native, Latin


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its own script and in Latin letters; `given` and `family` are Latin."""

    native: str
    latin: str
    given: str
    family: str


@dataclass(frozen=True, slots=True)
class _Script:
    countries: tuple[str, ...]
    given: tuple[Pair, ...]
    starts: tuple[Pair, ...]
    middles: tuple[Pair, ...]
    ends: tuple[Pair, ...]
    trades: tuple[Pair, ...]
    forms: tuple[Pair, ...]
    family_first: bool = False


def _pairs(text: str) -> tuple[Pair, ...]:
    found = []
    for entry in text.split():
        native, latin = entry.split("=")
        found.append((native.replace("_", " "), latin.replace("_", " ")))
    return tuple(found)


def _same(text: str) -> tuple[Pair, ...]:
    return tuple((word.replace("_", " "), word.replace("_", " ")) for word in text.split())


_SCRIPTS: dict[str, _Script] = {
    "Latin": _Script(
        ("br", "fr", "es", "pt", "gb", "it", "sn", "mx"),
        _same("Clara Joana Beatriz Marta Elena Sofia Amélie Inès Teresa Lúcia Diego João Rui Marco Tomás Étienne Luca")
        + _same("Hugo Bruno Adèle Paulo Irène Nuno Carla Pedro Alice Daniel Rosa Simon Laura Victor Fatou Ousmane"),
        _same("Bar Cor Del Fer Gal Lam Mon Nor Pal Quir Ros Sal Tav Val Zam Bel Dor Ver"),
        _same("a e i o ande ista ove ura ilo este ari one"),
        _same("lhães rossi quez mont villier dano zola beira castro tello nard vigne rel ço"),
        _same("Norte Alba Terra Ponte Solar Costa Litoral Horizonte Vega Fuente Atlas Brisa"),
        _same("Ltd Lda S.A. S.r.l. SARL"),
    ),
    "Cyrillic": _Script(
        ("ru", "ua", "by", "kz", "bg"),
        _pairs("Иван=Ivan Пётр=Petr Борис=Boris Олег=Oleg Виктор=Viktor Антон=Anton Денис=Denis Роман=Roman")
        + _pairs("Анна=Anna Вера=Vera Ирина=Irina Нина=Nina Ольга=Olga Марина=Marina Тамара=Tamara Дарья=Darya"),
        _pairs("Бар=Bar Вел=Vel Гор=Gor Дроб=Drob Зар=Zar Кол=Kol Лом=Lom Мир=Mir Нор=Nor Пол=Pol Руд=Rud Сав=Sav"),
        _pairs("у=u о=o и=i ан=an ин=in ил=il от=ot ам=am ен=en уд=ud"),
        _pairs("нов=nov бенко=benko тенко=tenko лов=lov мак=mak гин=gin рук=ruk дич=dich зеев=zeev сович=sovich"),
        _pairs("Север=Sever Восток=Vostok Прогресс=Progress Гранит=Granit Волна=Volna Сигма=Sigma")
        + _pairs("Маяк=Mayak Енисей=Yenisey Рубин=Rubin Орбита=Orbita Кедр=Kedr Факел=Fakel"),
        _pairs("ООО=OOO АО=AO ЗАО=ZAO"),
    ),
    "Arabic": _Script(
        ("eg", "jo", "ma", "lb", "iq", "tn"),
        _pairs("طارق=Tariq سامي=Sami كريم=Karim نديم=Nadim رامي=Rami فادي=Fadi هاني=Hani ماهر=Mahir ليلى=Layla")
        + _pairs("سلمى=Salma رانيا=Raniya هدى=Huda نادية=Nadiya مريم=Maryam سمير=Samir نبيل=Nabil"),
        _pairs("ال=al-"),
        _pairs("با=Ba حا=Ha دا=Da سا=Sa شا=Sha فا=Fa قا=Qa كا=Ka ما=Ma نا=Na را=Ra طا=Ta زا=Za جا=Ja"),
        _pairs("رودي=rudi زيني=zini شومي=shumi لوبي=lubi ميدي=midi نوري=nuri سيفي=sifi حوتي=huti جيلي=jili طوني=tuni")
        + _pairs("بيسي=bisi دوقي=duqi كيري=kiri"),
        _pairs("نور=Nur فجر=Fajr أمل=Amal بدر=Badr نسيم=Nasim سراج=Siraj")
        + _pairs("وادي=Wadi برج=Burj قصر=Qasr دلتا=Delta زمرد=Zumurrud كوكب=Kawkab"),
        _pairs("للتجارة=Trading للنقل=Transport للاستيراد=Import"),
    ),
    "Han": _Script(
        ("cn", "sg", "hk", "tw"),
        _pairs(
            "伟=Wei 芳=Fang 娜=Na 敏=Min 静=Jing 强=Qiang 磊=Lei 洋=Yang 艳=Yan 勇=Yong 杰=Jie 涛=Tao 明=Ming 超=Chao"
        )
        + _pairs("丽君=Lijun 建国=Jianguo 志远=Zhiyuan 雨桐=Yutong 文博=Wenbo 思涵=Sihan 嘉豪=Jiahao 晓燕=Xiaoyan"),
        _pairs(
            "王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 赵=Zhao 黄=Huang 周=Zhou 吴=Wu 徐=Xu 孙=Sun 马=Ma 朱=Zhu"
        ),
        (("", ""),),
        (("", ""),),
        _pairs("海通=Haitong 金桥=Jinqiao 远航=Yuanhang 华信=Huaxin 东方=Dongfang 瑞丰=Ruifeng")
        + _pairs("天河=Tianhe 宝山=Baoshan 新港=Xingang 长江=Changjiang 龙门=Longmen 青云=Qingyun"),
        _pairs("有限公司=Co.,_Ltd. 贸易公司=Trading_Co."),
        family_first=True,
    ),
    "Greek": _Script(
        ("gr", "cy"),
        _pairs("Νίκος=Nikos Γιώργος=Giorgos Μαρία=Maria Ελένη=Eleni Σοφία=Sofia Πέτρος=Petros Άννα=Anna Δήμος=Dimos")
        + _pairs("Κώστας=Kostas Ιρις=Iris Λουκάς=Loukas Θάλεια=Thaleia Στέλιος=Stelios Ρένα=Rena"),
        _pairs("Βαλ=Val Δαμ=Dam Καρ=Kar Λαμ=Lam Μαν=Man Νικ=Nik Παρ=Par Ραλ=Ral Σαρ=Sar Ταλ=Tal Φιλ=Fil Ζαν=Zan"),
        _pairs("α=a ι=i ο=o αν=an ατ=at ερ=er ον=on"),
        _pairs("κης=kis τίδης=tidis πουλος=poulos λάκης=lakis νάτος=natos ρίδης=ridis μάνος=manos δάκης=dakis"),
        _pairs("Αιγαίο=Aigaio Ήλιος=Ilios Πόντος=Pontos Ακρόπολη=Akropoli Κύμα=Kyma Άνεμος=Anemos")
        + _pairs("Δελφοί=Delfoi Πυξίδα=Pyxida Όλυμπος=Olympos Φάρος=Faros Θησέας=Thiseas Ζέφυρος=Zefyros"),
        _pairs("ΑΕ=AE ΕΠΕ=EPE"),
    ),
    "Hebrew": _Script(
        ("il",),
        _pairs("דוד=David רות=Ruth נועה=Noa יעל=Yael אבי=Avi רון=Ron דנה=Dana גיל=Gil שרה=Sarah אורי=Uri תמר=Tamar"),
        _pairs("בר=Bar גל=Gal דר=Dar זי=Zi טל=Tal לב=Lev מל=Mal נו=No רו=Ro שח=Shach"),
        _pairs("מ=m נ=n ל=l ד=d ר=r"),
        _pairs("וני=oni וביץ=ovitz ירון=iron ימן=iman וקר=oker אי=ai ישטיין=istein ולק=olek"),
        _pairs("גליל=Galil כרמל=Karmel הדר=Hadar שקד=Shaked אורן=Oren דקל=Dekel")
        + _pairs("ארבל=Arbel כנרת=Kinneret תבור=Tavor ירדן=Yarden סיני=Sinai גולן=Golan"),
        _pairs("בע״מ=Ltd"),
    ),
}
SCRIPTS = tuple(_SCRIPTS)


def person_name(source: random.Random, script: str) -> Name:
    """A person's name in a script."""
    kind = _SCRIPTS[script]
    given, latin_given = source.choice(kind.given)
    family, latin_family = _joined(source, kind.starts, kind.middles, kind.ends)
    latin_family = latin_family[:3] + latin_family[3:].lower()
    if kind.family_first:
        single = [one for one in kind.given if len(one[0]) == 1]
        more, latin_more = source.choice(single) if len(given) == 1 else ("", "")
        given, latin_given = given + more, latin_given + latin_more.lower()
        return Name(f"{family}{given}", f"{latin_family} {latin_given}", latin_given, latin_family)
    if script == "Arabic":
        latin_family = "al-" + latin_family[3:].capitalize()
    return Name(f"{given} {family}", f"{latin_given} {latin_family}", latin_given, latin_family)


def company_name(source: random.Random, script: str) -> Name:
    """A company's name in a script."""
    kind = _SCRIPTS[script]
    family, latin_family = _joined(source, kind.starts, kind.middles, kind.ends)
    (first, latin_first), (second, latin_second) = source.sample(kind.trades, 2)
    form, latin_form = source.choice(kind.forms)
    space = "" if kind.family_first else " "
    native = space.join((first, family, second, form))
    return Name(native, f"{latin_first} {latin_family} {latin_second} {latin_form}", latin_first, latin_family)


def countries(script: str) -> tuple[str, ...]:
    """Where names of that script are at home (alpha-2)."""
    return _SCRIPTS[script].countries


def _joined(source: random.Random, *lists: tuple[Pair, ...]) -> Pair:
    parts = [source.choice(one) for one in lists]
    return "".join(native for native, _ in parts), "".join(latin for _, latin in parts)
