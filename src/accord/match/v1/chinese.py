"""Names in Chinese signs, which are written without spaces: where one word ends and the next begins.

Invariants: pure; the signs that come out are those that went in, in their order.

>>> words_of_a_person("习近平"), words_of_a_person("弗拉基米尔·普京")
(['习', '近', '平'], ['弗拉基米尔', '普京'])
>>> words_of_a_body("中国航天三江集团")
['中国', '航天', '三', '江', '集团']
"""

from __future__ import annotations

import re
from itertools import groupby

from accord.match.v1.script import words
from accord.records.clean import country

_LONGEST_NAME = 4  # signs of a Chinese name, with a surname of two
_APART = re.compile(r"[\s·‧・•･,、＝=]+")
# what says what kind of body a name is of: the label in `lexicon`, then words in simplified and traditional signs
_GENERIC = """
scientific 科学 科學 | research 研究 研发 研發 | institute 研究所 研究院 | plant 工厂 工廠 制造厂 製造廠
production 生产 生產 制造 製造 | association 协会 協會 | design 设计 設計 | group 集团 集團 | holding 控股
trading 贸易 貿易 商贸 商貿 | center 中心 | technology 技术 技術 科技 | industry 工业 工業 实业 實業 产业 產業
engineering 工程 | machinery 机械 機械 机器 機器 | building 建筑 建築 建设 建設 | instrument 仪器 儀器
shipyard 造船 | shipping 航运 航運 船务 船務 | aviation 航空 | aircraft 飞机 飛機 | space 航天 宇航 航太
missile 导弹 導彈 | system 系统 系統 | communication 通信 通讯 通訊 电信 電信 | management 管理 | bank 银行 銀行
fund 基金 基金会 基金會 | state 国家 國家 国有 | central 中央 | military 军事 軍事 | academy 科学院 科學院
university 大学 大學 | electronic 电子 電子 | radio 无线电 無線電 | optical 光学 光學 光电 光電
computing 计算机 計算機 | equipment 设备 設備 装备 裝備 | transport 运输 運輸 | oil 石油 | gas 天然气 天然氣
energy 能源 | steel 钢铁 鋼鐵 | chemical 化工 化学 化學 | international 国际 國際 | security 安全
service 服务 服務 | defence 国防 國防 | union 联合 聯合 | precision 精密 | insurance 保险 保險
investment 投资 投資 | financial 金融 财务 | marine 海洋 海运 海運 | logistics 物流 | television 电视 電視
media 传媒 傳媒 | committee 委员会 委員會 | development 发展 發展 开发 開發 | laboratory 实验室 實驗室
information 信息 資訊 资讯 | software 软件 軟件 | digital 数字 数码 數碼 | import 进口 進口 | export 出口
food 食品 | medical 医疗 醫療 医药 醫藥 | supply 供应 供應 | branch 分公司 分行
"""


def is_han(word: str) -> bool:
    """Whether a word begins with a Chinese sign."""
    return "\u3400" <= word[:1] <= "\u9fff"


def words_of_a_person(text: str) -> list[str]:
    """The words of a name with Chinese signs.

    A name of two to four signs is a Chinese one: each sign is a word. What is longer, or set apart from another part,
    is a foreign name by its sound: one word.
    """
    pieces = [words(piece) for piece in _APART.split(text)]
    apart = sum(map(bool, pieces)) > 1
    found: list[str] = []
    for piece in pieces:
        for han, run in groupby(piece, is_han):
            signs = list(run)
            found += ["".join(signs)] if han and (apart or len(signs) > _LONGEST_NAME) else signs
    return found


def words_of_a_body(text: str) -> list[str]:
    """The words of a name with Chinese signs: those that are known, the longest first, and single signs."""
    found: list[str] = []
    for han, run in groupby(words(text), is_han):
        signs = list(run)
        found += _known("".join(signs)) if han else signs
    return found


def _known(signs: str) -> list[str]:
    found: list[str] = []
    while signs:
        ahead = (signs[:length] for length in range(_LONGEST_WORD, 1, -1))
        found.append(next((word for word in ahead if word in CONCEPTS or _is_country(word, signs)), signs[0]))
        signs = signs[len(found[-1]) :]
    return found


def _is_country(word: str, signs: str) -> bool:
    """Whether signs begin with a country; not where its last sign begins another word: 泰 + 國際, not 泰國 + 際."""
    return country(word) is not None and signs[len(word) - 1 : len(word) + 1] not in CONCEPTS


def _read(lines: str) -> dict[str, str]:
    entries = (entry.split() for entry in lines.replace("\n", "|").split("|") if entry.strip())
    return {word: label for label, *listed in entries for word in listed}


CONCEPTS = _read(_GENERIC)
_LONGEST_WORD = max(map(len, CONCEPTS))
