"""Recipe of `src/accord/match/v1/common_words.txt`: how common the common words of names are.

Counts the Latin side of the public-domain (CC0) Wikidata token pairs, adds common names that they lack, and
keeps the words that are common enough to matter, each with its rarity in tenths of a nat (-ln of its share).
Nothing of any match list or labelled pair goes in.

    python benchmarks/match/learn_rarity.py ../shared/data/match/transliteration/wikidata-token-pairs.tar.gz
"""

from __future__ import annotations

import math
import sys
import tarfile
from collections import Counter
from pathlib import Path

from accord.match.v1.script import latin, words

OUT = Path(__file__).parents[2] / "src/accord/match/v1/common_words.txt"
KEPT = 4000
# syllables of Korean, Chinese and Vietnamese names, by our own judgement of how common they are (nats)
EAST_ASIAN = {
    2.5: "kim ri lee pak park nguyen wang li zhang",
    3.2: "choe choi jong jung chong kang jo cho yun jang chang im rim han o oh so seo sin shin kwon hwang an ahn song "
    "chen liu yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang xu deng feng tran le "
    "pham hoang phan vu vo dang bui do ho ngo duong van thi",
    3.6: "chol chul il sung song yong young kyong hyon hyok myong jin jun jon won un nam ho su kwang kuk gwang hak gil "
    "kil chun in min hui hye hwa sok sik sang tae yol man gun geun mun nam pyong pong son bong ok se",
    4.0: "wei ming hua jian guo jun yong bin bo hui jing jie lei ling mei ping qing rong tao xiang xiao xin yan yi "
    "ying yu yuan zhi zhong aung maung myint soe min htay than tun win kyaw naing oo zaw hla san",
}
# names that are far more common where sanctions and police lists look than in an encyclopedia
ELSEWHERE = {
    2.8: "muhammad",
    3.3: "ali ahmad hassan hussein abd ibrahim khan abu",
    3.8: "mahmoud omar said saleh salih abdullah abdallah khalid yusuf ismail mustafa hamid rahman aziz karim rahim "
    "salem salim nasser nasir qasim jamal suleiman hamad allah din mohammadi hosseini reza mehdi mahdi amir rashid "
    "latif haq ullah jan gul wali zaman malik kareem faisal hamza bakr bilal tariq majid habib sharif",
    4.2: "alexander vladimir sergei alexei andrew dmitry nicholas victor igor oleg yuri michael eugene ivan anatoly "
    "vasily paul elena olga tatiana natalia irina svetlana maria jose juan carlos luis john david peter george "
    "garcia rodriguez lopez martinez gonzalez perez hernandez sanchez ramirez torres smith jones brown silva santos",
}


def main(archive: str) -> None:
    counts: Counter[str] = Counter()
    total = 0
    with tarfile.open(archive) as files:
        for member in files.getmembers():
            if not member.name.endswith(("_20", "_80")):
                continue
            stream = files.extractfile(member)
            assert stream is not None
            for line in stream.read().decode().splitlines():
                word, _, count = line.split("\t")
                for part in words(word):
                    counts[latin(part)] += int(count)
                    total += int(count)
    # a name has about two words, so a word's share of names is twice its share of words
    rarity = {word: -math.log(2 * count / total) for word, count in counts.most_common(KEPT) if len(word) > 1}
    for nats, common in [*EAST_ASIAN.items(), *ELSEWHERE.items()]:
        for word in common.split():
            rarity[word] = min(nats, rarity.get(word, nats))
    lines = [f"{word} {round(10 * nats)}" for word, nats in sorted(rarity.items(), key=lambda item: (item[1], item[0]))]
    OUT.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} words, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
