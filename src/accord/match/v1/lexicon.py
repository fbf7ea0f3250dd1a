"""What words mean: organisation forms, honorifics, particles, generic words and given-name variants.

Invariants: the tables are our own, written by hand, static per algorithm version. Keys are words as `script.words`
gives them (case folded, own script) or Latin forms; a line of a table is one meaning, its first word the label that
explanations show. Stems (ending in `*`) match the beginning of a word.

>>> phrase_at(["open", "joint", "stock", "company", "vad"], 0)
(4, 'jsc')
>>> concept("научно"), concept("scientific"), concept("nauchnyi")
('scientific', 'scientific', 'scientific')
>>> sorted(variants("aliaksandr") & variants("oleksandr"))
['alexander']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# one organisation form a line (continued where a line ends in "|"): label, then its spellings separated by "|"
_FORMS = """
jsc|joint stock company|joint stock co|open joint stock company|public joint stock company|
  closed joint stock company|ojsc|pjsc|cjsc|jscb|jsb|ao|oao|pao|zao|ao pao|aktsionernoe obshchestvo|
  aktsionernoye obshchestvo|otkrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|
  zakrytoe aktsionernoe obshchestvo|open stock company|акционерное общество|открытое акционерное общество|
  публичное акционерное общество|закрытое акционерное общество|непубличное акционерное общество|ао|оао|пао|зао|
  нао|ат|пат|прат|тат|ааt|аат|зат|адкрытае акцыянернае таварыства|закрытае акцыянернае таварыства|
  акціонерне товариство|публічне акціонерне товариство|приватне акціонерне товариство|aat|pat|prat|ab|aktiebolag|
  asa|as|a s|ag|aktiengesellschaft|oyj|sa|s a|societe anonyme|sociedad anonima|spa|s p a|societa per azioni|nv|
  n v|plc|public limited company|public company limited|pcl|sae|saog|saoc|saa|ad|akcionarsko drustvo|
  акционерно дружество|ад|a o|anonim sirketi|anonim sti|α ε|αε|სს|փբը|բբը
llc|l l c|limited liability company|limited liability co|limited liability partnership|llp|ooo|o o o|
  obshchestvo s ogranichennoi otvetstvennostyu|obschestvo s ogranichennoy otvetstvennostyu|
  obshchestvo s ogranichennoy otvetstvennostyu|общество с ограниченной ответственностью|ооо|тов|
  товариство з обмеженою відповідальністю|tov|таварыства з абмежаванай адказнасцю|ltd|limited|ltda|limitada|
  ltd co|co ltd|company limited|co limited|private limited|pvt ltd|pvt limited|pvt|pte ltd|pte|pty ltd|pty|
  sdn bhd|bhd|gmbh|g m b h|gesellschaft mit beschrankter haftung|gmbh co kg|ug|sarl|s a r l|
  societatea cu răspundere limitată|
  societe a responsabilite limitee|srl|s r l|sociedad de responsabilidad limitada|s de r l|s de r l de c v|
  s de rl de cv|s a de c v|sa de cv|s a de cv|de c v|sl|s l|sas|s a s|s en c|bv|b v|besloten vennootschap|oy|
  ab oy|kft|zrt|doo|d o o|ooд|еоод|ood|eood|sp z o o|sp zoo|spolka z ograniczona odpowiedzialnoscia|sro|s r o|
  fzco|fze|fz llc|fzc|free zone company|dmcc|wll|w l l|est|establishment|limited sirketi|ltd sti|tic ltd sti|有限公司|
  有限责任公司|有限責任公司|股份有限公司|유한회사|주식회사|kk|k k|株式会社|有限会社|qsc|ذ م م|مسئولیت محدود|ea|ee|
  επε|ε π ε|შპს|սպը|लिमिटेड|प्राइवेट लिमिटेड|লিমিটেড|প্রাইভেট লিমিটেড|லிமிடெட்|பிரைவேட் லிமிடெட்|จํากัด|จํากัด มหาชน|ຈໍາກັດ|
  လီမိတက်|məhdud məsuliyyətli cəmiyyəti|mmc
company|co|corporation|corp|incorporated|inc|company inc|companies|compania|cia|compagnie|cie|kompaniya|kompania|
  компания|кампанія|компанія|firma|фирма|firm|شرکت|شركة|公司|회사|εταιρεία|
  კომპანია|ընկերություն|कंपनी|कम्पनी|কোম্পানি|ក្រុមហ៊ុន|ကုမ္ပဏီ|ip|ип|kg|ohg|kgaa|lp|l p|limited partnership|
  joint partnership|partnership|general partnership
state enterprise|federal state unitary enterprise|state unitary enterprise|fsue|fgup|f g u p|фгуп|
  федеральное государственное унитарное предприятие|гуп|gup|унитарное предприятие|unitary enterprise|unitary|fgbu|
  фгбу|федеральное государственное бюджетное учреждение|federal state budgetary institution|fku|фку|fkp|фкп|
  федеральное казенное предприятие|federal state enterprise|federalnoe gosudarstvennoe unitarnoe predpriyatie|
  republican unitary enterprise|руп|рп|rup|rue|state owned enterprise|фгку|фгау
"""

_HONORIFICS = """
mr mrs ms miss mx dr doctor prof professor sir lord lady dame hon honourable honorable excellency
general gen colonel col lieutenant lt ltg brigadier brig commander cmdr admiral adm captain capt sergeant sgt marshal
sheikh shaikh shaykh sheik cheikh haji hajji hajj hadji al-hajj alhaji mullah mulla molla maulvi maulavi mawlawi moulvi
mufti imam
maulawi molawi maulana mawlana moulana ayatollah hojatoleslam hojjatoleslam qari ustad ustaz ustadh
comrade president präsident presidente président minister ministre ministro senator ambassador
jr sr herr frau monsieur madame senor senora signor signora don dona rev reverend father sister brother eng engineer
นาย นาง นางสาว ဦး ဒေါ် श्री श्रीमती শেখ शेख شیخ سید κύριοσ κυρία ბატონი պարոն
господин госпожа генерал полковник доктор д-р профессор ד״ר دكتور شيخ حاج مولوی ملا سيد مهندس jeneral phd esq
"""

_PARTICLES = """
al el ul ur ar as ash ad az at bin ben ibn bint binti bt de da dos das del della di du des la le las los lo van von
der den ter ten zu zur y e ould wuld ag ait ibni the known as aka alias
بن ابن ال وال آل בן בת בר տեր тер
"""

# first word of a name by a child («father of …»): a nickname that thousands bear, whatever the second word
KUNYA = frozenset(("abu", "abou", "aboo", "umm", "um", "oum", "ابو", "أبو", "أبوا", "ام", "أم"))
_FUNCTION_WORDS = """
of the and und et y e de da do dos das del della di du des la le las los van von der den zur with for in on to by an a
für named after al el ul imeni im i v po na fi fil lil wal namens
บริษัท ບໍລິສັດ имени им и в на по с со від та і імені من و في ال
"""

# one meaning a line: label, then words and stems in several languages; they say what kind of body it is, not which
_GENERIC = """
scientific nauchn* научн* науков* навуков* science* scientifique cientific* wissenschaft*
research issledovat* исследоват* дослідн* даследч* r&d recherch* investigacion forschung*
institute institut* институт* інстытут* інститут* nii нии institution
plant zavod* завод* заводы works factory fabrik* фабрик* fabric* factories plants usine werk* mill
production proizvodstv* производств* вытворч* виробнич* manufactur* produc* producao
association obedin* obyedin* объедин* абʼяднан* аб'яднан* обєднан* associat* asociacion assoziation
design konstruktorsk* конструкторск* канструктарск*
bureau byuro бюро biuro buro buero
enterprise predpriyat* предприят* прадпрыемств* підприємств* enterpris* empresa* entreprise* undertaking unternehm*
group grupp* групп* група груп* groups grupo groupe gruppe gruppa مجموعه مجموعة 그룹
holding kholding* холдинг* холдынг* holdings
trading torgov* торгов* гандлёв* торгівел* trade trad* commerc* comerc* handel* ticaret merchant* بازرگانی تجارت
house dom дом
center tsentr* centr* центр* цэнтр* centre zentrum مرکز
technology tekhnolog* технолог* technolog* tech tehnolog* тэхналог*
technical tekhnich* техничес* technique tecnic* тэхнічн* технічн*
industry promyshlenn* промышленн* прамыслов* промислов* industr* prom صنایع صنعت
engineering inzhener* inzhiniring* инжинир* инженер* ingenier* ingenieur* engineer* інжин* mohandesi مهندسی
machinery mashin* машин* machine* maschin*
building stroitel* строител* stroi строй construction* construc* bau building* будів* будаўн* contractor* contracting
instrument* priborostroen* приборостроен* прыладабуд* приладобуд* instruments
repair remont* ремонт* repairs repairing
shipyard sudostroit* судостроит* shipbuild* sudoremont* судоремонт* shiprepair* verf* верф* суднобуд*
shipping sudokhod* судоход* shipper* navier* пароход* parokhod* schiffahrt*
aviation aviats* aviac* авиац* авіа* aeronaut* авиа avia
aircraft samolet* самолет* вертолет* vertolet* helicopter* airplane* aeroplane*
space kosmich* космичес* kosmos космос cosmos
missile* raket* ракет* rocket* missiles
system* sistem* систем* сістэм* systems systeme*
communication* svyaz* связ* telecom* телеком* telekom* сувяз* communications
management upravlen* управлен* упраўлен* management
device* ustroistv* устройств* devices
bank* банк* banque banco بانک بنك banka
fund fond* фонд* foundation* fundacion fondation stiftung vakfi بنیاد مؤسسة fundacja
state gosudarstv* государствен* дзяржаўн* державн* gov government*
federal* федеральн* federaln*
national natsionaln* национальн* нацыянальн* національн* nacional* nation* ملی
central tsentraln* центральн* цэнтральн* zentral* مرکزی
russian rossi* росси* российск* russia rus рф rf rusia* russkaya русск* russk* rossiskoi
belarusian belorus* белорус* беларус* belarus* byelorus* bielarus*
ukrainian ukrain* украин* україн* ukraina
iranian iran* ايران* ایران*
moscow moskov* москов* москв* moskva
petersburg peterburg* петербург* petersburg* sankt
military voenn* воен* ваенн* військов* voiskov* войсков* militar* army armed
unit chast* часть части частин*
academy akademi* академи* акадэм* academ*
university universitet* университет* універс* universi* دانشگاه جامعة
electronic* elektronn* электрон* электронн* elektron* electronics
radio* радио*
optical optich* оптич* opti* оптик*
mechanical mekhanich* механич* механическ* mechanic* mekhanik* механик* mechanics
computing vychislitel* вычислител* comput*
equipment oborudovan* оборудован* tekhnik* техник* техн* hardware
transport* транспорт* transports transportation
oil neft* нефт* нафт* petrol* petrole* naft* نفت
gas gaz* газ* газов* газпром
energy energ* энерг* енерг* energet* energetich*
steel stal* сталь stali металлург* metallurg* metal* metall*
chemical* khimich* химич* khim* хим* chem* chemie petrochem*
international* mezhdunarodn* международн* міжнародн* internacional* internation*
security bezopasnost* безопасност* безпек* бяспек* seguridad
service* sluzhb* служб* servic* сервис* servis* services
agency agentstv* агентств* agenc* agentur
ministry ministerstv* министерств* міністерств* minist*
defence oboron* оборон* defens* абарон* وزارة
department departament* департамент*
party parti* парти*
movement dvizhen* движен* рух movimiento mouvement
union soyuz* союз* саюз* спілка
special* spetsial* специальн* спец* spets*
experimental* opytn* опытн* eksperiment* эксперимент* pilot
precision tochn* точн*
insurance strakhov* страхов* seguros bimeh بیمه
investment* invest* инвест* inversion* yatirim
capital* капитал* kapital*
financial finans* финанс* financ*
marine morsk* морск* maritim* maritime sea
fleet flot* флот*
logistics logist* логист*
airline* avialini* авиалини* airlines airways
television televid* телевид* tv тв
news новост* novost* vesti
media медиа medios
company-wide global* глобал* world*
general generaln* генеральн*
committee komitet* комитет* камітэт*
council sovet* совет* consejo conseil
court суд sud tribunal*
fishery rybn* рыбн* fish*
mining gorn* горн* miner* mines
food* pishchev* пищев*
medical meditsin* медицин* medic*
plant-potash kalii* kaliin* калий* калій* potash potassium
development razviti* развити* развіц* desarrollo developpement develop*
complex kompleks* комплекс*
laboratory laborator* лаборатор*
information* informatsion* информацион* інфарм* инфо info
software program* программ* soft
digital* tsifrov* цифров*
branch filial* филиал*
order orden* орден*
business* бизнес* biznes*
supply snabzhen* снабжен* postav* поставк* supplies
exchange birzh* бирж* exchanges sarafi صرافی saraf
import* импорт* importer*
export* экспорт* exporter* eksport*
"""

_VARIANTS = """
alexander aleksandr alexandr aliaksandr alyaksandr oleksandr olexander sasha alejandro alexandre alessandro
  iskander alex sacha sander aleksander
alexei aleksei alexey aleksey oleksii oleksiy aliaksei alyaksey alexis
andrew andrei andrey andrii andriy andreas andre andres andrea andrzej andy drew
anna hanna ganna ann anne ana annie
anatoly anatoliy anatolii anatol anatoli
anthony antony tony antonio anton antoine
artem artyom artsiom artiom
barbara varvara
benjamin ben binyamin bibi benny
charles charlie carlos karl carl chuck charley
catherine katherine ekaterina yekaterina kateryna katsiaryna catalina kate katie kathy katharina karen caterina
christopher chris christophe kristof
daniel dan danny daniil danylo danila
david dave davud davit dawid davyd
denis dzianis denys dennis
dmitry dmitri dmitriy dmitrii dzmitry dmytro dimitri dima
donald don donny
edward eduard ed eddie ted edouard eduardo
elena olena alena helen helena yelena helene ellen
elizabeth elisabeth elizaveta yelizaveta liz beth betty lisa eliza
eugene evgeny yevgeny evgeni evgeniy yevgeniy evgenii yevhen yauhen yevgeni jewgeni
francis francisco frank francois franz francesco frances
frederick fred friedrich frederic federico fyodor
gennady gennadiy gennadi henadz hennadii genadz
george georgy georgiy georgi heorhii jorge georges giorgio giorgi yegor georg jerzy
gregory grigory grigoriy hryhoriy hryhorii ryhor greg grigori
henry harry henri heinrich enrique hank
igor ihor ihar
irina iryna irene
jacob jakob yakov jacques james jim jimmy jaime jamie
john jon johannes johann juan jean giovanni joao jan ivan ian sean johnny jack ivo yahya hans
joseph josef iosif jose joe giuseppe yosef yusuf youssef yousef yusif josip
julia yulia yuliya iuliia yuliia julie
konstantin kanstantsin kostiantyn constantin constantine
lawrence laurence larry lorenzo laurent
leonid leanid
lev leo leon leonard
louis luis ludwig luigi lewis
maria mary marie mariya mariia maryia miriam maryam
maxim maksim maksym max
margaret margarita maggie peggy marguerite meg
matthew matt matvey mateo matthias mateusz mathieu
michael mikhail mykhailo mikhal mihail mike miguel michel michal mihai misha michele mikhas
muhammad mohammed mohammad mohamed mohamad muhammed mohd mehmet muhamad mahomed mohamud muhamed mohammadu mhamed
  magomed mukhammad mokhammed mokhammad mukhamed magomet
nicholas nikolai nikolay mikalai mykola nicolas nick nikolaus nicola niko miklos mikola
natalia nataliya natalya natallia nataliia natasha nathalie
oleg oleh aleh
olga olha volha
paul pavel pavlo pablo paulo pawel paolo
peter pyotr petr petro piotr pedro pete pierre pietro
philip philippe filipp felipe phil filip
raymond ray ramon
richard rick dick ricardo rich richie riccardo
robert bob rob bobby roberto bert robbie
roman raman
ronald ron ronnie
samuel sam sammy
sergei sergey serhii serhiy siarhei syarhey serge sergiy sergio sergii sergejs siarhey
simon semyon semen shimon simeon
stephen steven steve stefan stepan etienne esteban stephan
svetlana sviatlana svitlana
tatiana tatyana tetiana tatsiana tetyana
theodore teodor theo
thomas tom tommy tomas tomasz
timothy tim timofey tymofii
valentin valiantsin valentyn
valery valeriy valerii valeryi
vasily vasiliy vasyl vasil basil vasili
victor viktor viktar
vitaly vitaliy vitalii vital vitali
vladimir volodymyr uladzimir vladimer wladimir waldemar vladymyr volodimir
vladislav uladzislau vladyslav ladislav
vyacheslav viacheslav viachaslau vjatscheslaw
william bill will billy willy guillermo guillaume wilhelm liam
yuri yury yuriy iurii jurij yurii juri iury
yaroslav jaroslav iaroslav
zachary zakhar
ahmad ahmed achmed ahmet akhmed
ali aly
hussein husayn hussain husain hosein hossein hussayn hossain hussien huseyin
hassan hasan hasen
ibrahim ebrahim abraham avraham ibrahima
ismail esmail ismael esmaeil
khalid khaled haled halid
mahmoud mahmud mahmood mehmud
mustafa mostafa moustafa mustapha
omar umar omer ömer
osama usama oussama
othman uthman osman usman ousmane
said saeed sayed sayyid seyed sayyed saied
suleiman sulayman suleyman soliman sulaiman solaiman solomon
yasin yassin yaseen
abd abdul abdel abdal
lee li ri rhee yi
park pak bak
choe choi chwe
kim gim
jong jung chong chung jeong joung
cho jo
kang gang
paek baek baik
ryu yu yoo ryoo
rim im lim
chang jang
chol chul cheol
hyok hyuk hyeok
yong young yeong
kyong kyung gyeong kyoung
song sung seong
hyon hyun hyeon
myong myung myeong
un eun
guk kuk gook
hui hee
"""


def _read_forms() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in _FORMS.replace("|\n  ", "|").strip().splitlines():
        spellings = line.split("|")
        for spelling in spellings:
            parts = tuple(spelling) if "\u3400" <= spelling[0] <= "\u9fff" else tuple(spelling.split())
            found.setdefault(parts[0], []).append((parts, spellings[0]))
    for phrases in found.values():
        phrases.sort(key=lambda item: -len(item[0]))
    return found


def _read_generic() -> tuple[dict[str, str], dict[str, str]]:
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for line in _GENERIC.strip().splitlines():
        entries = line.split()
        label = entries[0].rstrip("*")
        for entry in entries:
            (stems if entry.endswith("*") else whole).setdefault(entry.rstrip("*"), label)
    return whole, stems


def _read_variants() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _VARIANTS.replace("\n  ", " ").strip().splitlines():
        entries = line.split()
        for entry in entries:
            found.setdefault(entry, set()).add(entries[0])
    return {name: frozenset(groups) for name, groups in found.items()}


_PHRASES = _read_forms()
_WHOLE, _STEMS = _read_generic()
_GROUPS = _read_variants()
_NO_GROUP: frozenset[str] = frozenset()
HONORIFICS = frozenset(_HONORIFICS.split())
PARTICLES = frozenset(_PARTICLES.split())
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_SHORTEST_STEM, _LONGEST_STEM = min(map(len, _STEMS)), max(map(len, _STEMS))


def phrase_at(parts: Sequence[str], start: int) -> tuple[int, str] | None:
    """The organisation form that begins at `start`: how many words it has and its label; the longest wins."""
    for phrase, label in _PHRASES.get(parts[start], ()):
        if tuple(parts[start : start + len(phrase)]) == phrase:
            return len(phrase), label
    return None


def concept(word: str) -> str | None:
    """The meaning of a generic word (`institute`, `завод` -> plant, ...), or None for a word that names something."""
    label = _WHOLE.get(word)
    if label is not None:
        return label
    for length in range(min(len(word), _LONGEST_STEM), _SHORTEST_STEM - 1, -1):
        label = _STEMS.get(word[:length])
        if label is not None:
            return label
    return None


def variants(latin_form: str) -> frozenset[str]:
    """The groups of given names (or family names with several usual spellings) that a Latin form belongs to."""
    return _GROUPS.get(latin_form, _NO_GROUP)


def known_variants() -> tuple[str, ...]:
    """All Latin forms that have variants."""
    return tuple(_GROUPS)


def listed() -> Iterator[str]:
    """Every word of the tables that names are read by, with what it stands for, in a fixed order."""
    yield from sorted(f"form {' '.join(phrase)}: {label}" for found in _PHRASES.values() for phrase, label in found)
    yield from sorted(f"generic {word}: {label}" for word, label in _WHOLE.items())
    yield from sorted(f"generic {stem}*: {label}" for stem, label in _STEMS.items())
    for name, words in (("honorific", HONORIFICS), ("particle", PARTICLES), ("function", FUNCTION_WORDS)):
        yield from sorted(f"{name} {word}" for word in words)
