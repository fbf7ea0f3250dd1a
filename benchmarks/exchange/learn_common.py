"""Recipe of `src/accord/exchange/common_words.txt`: how common the common words of names are, as marks see them.

Marks hold consonant skeletons, and a skeleton is as common as all the words that share it. Counts the Latin side of
the public-domain (CC0) Wikidata token pairs by skeleton, and by word for marks that spell a name out; where the match
lexicon's table of common words says a word is more common than that, its word counts. Nothing of any match
list, labelled pair or holding goes in. Lines: a skeleton (or `=word`), and its rarity in tenths of a nat.

    python benchmarks/exchange/learn_common.py ../shared/data/match/transliteration/wikidata-token-pairs.tar.gz
"""

from __future__ import annotations

import math
import sys
import tarfile
from collections import Counter
from importlib.resources import files
from pathlib import Path

from accord.exchange.commonness import UNLISTED
from accord.match.v1.script import latin, skeleton, words

OUT = Path(__file__).parents[2] / "src/accord/exchange/common_words.txt"
LEAST = 25  # tenths of a nat: what the most common words of the most common names are worth


def main(archive: str) -> None:
    spelled = counted(archive)
    total = sum(spelled.values())
    shares = {word: 2 * count / total for word, count in spelled.items()}  # of names: a name has about two words
    for line in files("accord.match.v1").joinpath("common_words.txt").read_text().splitlines():
        word, tenths = line.split()
        shares[word] = max(shares.get(word, 0.0), math.exp(-int(tenths) / 10))
    common: Counter[str] = Counter()
    for word, share in shares.items():
        common[skeleton(word)] += share
        common[f"={word}"] = share
    listed = {
        key: max(LEAST, round(-10 * math.log(min(share, 1.0)))) for key, share in common.items() if key.strip("=")
    }
    lines = [f"{key} {tenths}" for key, tenths in sorted(listed.items(), key=lambda item: (item[1], item[0]))]
    kept = [line for line in lines if int(line.split()[1]) < 10 * UNLISTED]
    OUT.write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept)} lines, {OUT.stat().st_size} bytes; the most common: {kept[:12]}")


def counted(archive: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            stream = packed.extractfile(member) if member.name.endswith(("_20", "_80")) else None
            for line in stream.read().decode().splitlines() if stream else []:
                word, _, count = line.split("\t")
                for part in words(word):
                    counts[latin(part)] += int(count)
    return counts


if __name__ == "__main__":
    main(sys.argv[1])
