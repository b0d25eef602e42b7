"""A DNS server that says 127.0.0.1 of every name, and writes the names it is asked for into a file."""

import socket
import struct
import sys

server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.bind(("::", 53))
with open(sys.argv[1], "w", buffering=1) as log:
    while True:
        asked, client = server.recvfrom(2048)
        labels, end = [], 12
        while asked[end]:
            labels.append(asked[end + 1 : end + 1 + asked[end]].decode())
            end += asked[end] + 1
        end += 5
        is_a = asked[end - 4 : end - 2] == b"\0\1"
        log.write(".".join(labels) + "\n")
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1]) if is_a else b""
        head = asked[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, int(is_a), 0, 0)
        server.sendto(head + asked[12:end] + answer, client)
