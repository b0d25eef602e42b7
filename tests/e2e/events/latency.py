"""How long from just before an address is changed to the provider's receiving the request.

    latency.py LISTEN UPSTREAM INTERFACE ADDRESS... [beside ADDRESS...]

Carries every connection to LISTEN on to UPSTREAM and notes when the first bytes of a write arrive, on the clock that the
changes are timed with too. Each address takes the place of the one before, and the next follows once its write is
answered: first the old one goes and the new one comes, which counts; behind `beside`, after another line of input, the new
one comes first, and that the old one goes counts. Prints figures; judges none, besides that every write came.
"""

import math
import queue
import socket
import statistics
import subprocess
import sys
import threading
import time

listen, upstream = int(sys.argv[1]), int(sys.argv[2])
interface, addresses = sys.argv[3], sys.argv[4:]
beside = addresses.index("beside") if "beside" in addresses else len(addresses)
addresses, beside = addresses[:beside], addresses[beside + 1 :]
arrived, answered = queue.Queue(), queue.Queue()


def carry(source, sink, first):
    begun = False
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if not data:
            break
        now = time.monotonic()
        if not begun and first(data, now):
            begun = True
        sink.sendall(data)
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    server = socket.create_connection(("127.0.0.1", upstream))
    writes = []

    def request(data, now):
        if b"/dyndns/update" in data:
            writes.append(now)
            arrived.put((now, data))

    def answer(_data, now):
        if writes:
            answered.put(None)
            return True

    there = threading.Thread(target=carry, args=(client, server, request), daemon=True)
    there.start()
    carry(server, client, answer)
    there.join()
    client.close()
    server.close()


def accept(listener):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


def write_of(address):
    while True:
        now, data = arrived.get(timeout=10)
        answered.get(timeout=10)
        if f"myip={address} ".encode() in data:
            return now


def ip(*words):
    subprocess.run(["ip", "addr", *words, "dev", interface], check=True)


listener = socket.create_server(("127.0.0.1", listen))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print("ready", flush=True)
sys.stdin.readline()



def figures(what, after_what, pairs, change):
    took, own = [], []
    for before, after in pairs:
        begun, done = change(before, after)
        took.append((write_of(after) - begun) * 1000)
        own.append((done - begun) * 1000)
        # The round that ends now has a little to remember; the next change is not to wait for it.
        time.sleep(0.05)
    p99 = sorted(took)[math.ceil(len(took) * 0.99) - 1]
    print(
        f"from before `ip addr {what}` to the request{after_what}: median {statistics.median(took):.1f} ms, p99 {p99:.1f} ms "
        f"({len(took)} changes; `ip` itself: median {statistics.median(own):.1f} ms)",
        flush=True,
    )


def after_a_break(before, after):
    ip("del", before + "/24")
    begun = time.monotonic()
    ip("add", after + "/24")
    return begun, time.monotonic()


def before_a_break(before, after):
    # A network of its own, or it would go with the first address of the network.
    ip("add", after + "/32")
    # The round that looks at it finds nothing to change: there is no request to wait for.
    time.sleep(0.2)
    begun = time.monotonic()
    ip("del", before)
    return begun, time.monotonic()


figures("add", "", zip(addresses, addresses[1:]), after_a_break)
if beside:
    sys.stdin.readline()
    pairs = zip([addresses[-1] + "/24", *[address + "/32" for address in beside]], beside)
    figures("del", " where another address is there", pairs, before_a_break)
# What follows is carried on until our input ends.
sys.stdin.read()
