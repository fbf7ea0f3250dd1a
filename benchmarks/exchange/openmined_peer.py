"""`openmined-psi` on sets of the same size, in an environment of its own: `python openmined_peer.py SIZE` prints seconds by the clock and of a core.

    python -m venv peer && peer/bin/pip install openmined-psi==2.0.6

It multiplies by private keys on P-256, in C++, on one core, and proves nothing; the outputs of the server are shown raw,
since its filters give false matches. One item in ten is in both sets.
"""

import sys
import time

import private_set_intersection.python as peer


def main() -> None:
    size = int(sys.argv[1])
    asked = [f"mark {number}" for number in range(size)]
    held = [f"mark {number}" for number in range(size - size // 10, 2 * size - size // 10)]
    began, worked = time.perf_counter(), time.process_time()
    client, server = peer.client.CreateWithNewKey(True), peer.server.CreateWithNewKey(True)
    setup = server.CreateSetupMessage(0.0, size, held, peer.DataStructure.RAW)
    response = server.ProcessRequest(client.CreateRequest(asked))
    found = client.GetIntersection(setup, response)
    assert sorted(found) == list(range(size - size // 10, size))
    print(time.perf_counter() - began, time.process_time() - worked)


if __name__ == "__main__":
    main()
