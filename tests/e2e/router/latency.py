"""How long from a router's announcement of a new address to the provider's receiving the request.

    latency.py LISTEN UPSTREAM ROUTER NAMESPACE INTERFACE ADDRESS...

Carries every connection to LISTEN on to UPSTREAM and notes when the first bytes of a write arrive. The router in NAMESPACE
gets each address in place of the one before, on its INTERFACE; its announcement is heard here as moored hears it, and timed
by the same clock. The next change follows once the write is answered. ROUTER is its address on this side: it is asked to map
a port once more each time, to know how long it takes by itself. Prints figures; judges none, besides that every write came.
"""

import math
import queue
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

listen, upstream = int(sys.argv[1]), int(sys.argv[2])
router, namespace, interface, addresses = sys.argv[3], sys.argv[4], sys.argv[5], sys.argv[6:]
announced, arrived, answered = queue.Queue(), queue.Queue(), queue.Queue()


def hear(ear):
    while True:
        data = ear.recv(2048)
        announced.put((time.monotonic(), data))


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


def announcement_of(address):
    wanted = bytes([0, 128, 0, 0]), socket.inet_aton(address)
    while True:
        now, data = announced.get(timeout=10)
        if (data[:4], data[8:]) == wanted:
            return now


def write_of(address):
    while True:
        now, data = arrived.get(timeout=10)
        answered.get(timeout=10)
        if f"myip={address} ".encode() in data:
            return now


def map_a_port():
    """Milliseconds from asking to the answer; the mapping is taken back."""
    asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asked.settimeout(5)
    asked.connect((router, 5351))
    own, port = asked.getsockname()

    def request(lifetime):
        head = struct.pack(">BBHI", 2, 1, 0, lifetime) + bytes(10) + b"\xff\xff" + socket.inet_aton(own)
        return head + b"latency.py__" + struct.pack(">B3xHH", 17, port, 0) + bytes(10) + b"\xff\xff" + bytes(4)

    begun = time.monotonic()
    asked.send(request(60))
    asked.recv(2048)
    done = time.monotonic()
    asked.send(request(0))
    asked.recv(2048)
    return (done - begun) * 1000


def ip(*words):
    subprocess.run(["ip", "-n", namespace, *words, "dev", interface], check=True)


ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ear.bind(("224.0.0.1", 5350))
threading.Thread(target=hear, args=(ear,), daemon=True).start()
listener = socket.create_server(("127.0.0.1", listen))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print("ready", flush=True)
sys.stdin.readline()

took, own = [], []
for before, after in zip(addresses, addresses[1:]):
    ip("addr", "del", before + "/24")
    # The router has lost its address, and a round that this started is over.
    time.sleep(0.3)
    ip("addr", "add", after + "/24")
    begun = announcement_of(after)
    took.append((write_of(after) - begun) * 1000)
    # The round that ends now has a little to remember; the next change is not to wait for it.
    time.sleep(0.05)
    own.append(map_a_port())

p99 = sorted(took)[math.ceil(len(took) * 0.99) - 1]
print(
    f"from the router's announcement to the request: median {statistics.median(took):.1f} ms, p99 {p99:.1f} ms "
    f"({len(took)} changes; to map a port takes the router itself: median {statistics.median(own):.1f} ms)",
    flush=True,
)
# What follows is carried on until our input ends.
sys.stdin.read()
