//! A connection to the router on which one header has the spelling that routers demand.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use hyper::rt;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// How the header is written by hyper, and how it has to be: of one length.
const WRITTEN: &[u8] = b"\r\nSoapaction: ";
const SPELLED: &[u8] = b"\r\nSOAPAction: ";

/// A connection that spells `SOAPAction` on the way out.
pub(super) struct HeaderCaseStream {
    socket: TcpStream,
    /// Whether the request's head has been taken in.
    is_spelled: bool,
    /// What was taken in and is not sent yet.
    unsent: Vec<u8>,
}

impl HeaderCaseStream {
    /// Over a connection that nothing was sent on.
    pub(super) fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            is_spelled: false,
            unsent: Vec::new(),
        }
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = Pin::new(&mut self.socket).poll_write(context, &self.unsent);
            match ready!(sent)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => drop(self.unsent.drain(..sent)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Spells the header as routers demand it, in a head that ends within the bytes.
fn spell(bytes: &mut [u8]) {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let head = bytes
        .get_mut(..head.unwrap_or_default())
        .unwrap_or_default();
    let place = head
        .windows(WRITTEN.len())
        .position(|window| window == WRITTEN);
    if let Some(name) = place.and_then(|place| head.get_mut(place..place + SPELLED.len())) {
        name.copy_from_slice(SPELLED);
    }
}

impl rt::Write for HeaderCaseStream {
    /// Takes everything in: hyper hands over a head whole, in its first write.
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let from = self.unsent.len();
        self.unsent.extend_from_slice(bytes);
        if !self.is_spelled {
            self.is_spelled = true;
            spell(self.unsent.get_mut(from..).unwrap_or_default());
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl rt::Read for HeaderCaseStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut into: rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut room = [0; 4096];
        let length = room.len().min(into.remaining());
        let mut read = ReadBuf::new(room.get_mut(..length).unwrap_or_default());
        ready!(Pin::new(&mut self.socket).poll_read(context, &mut read))?;
        into.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_in_the_head_is_spelled_and_only_there() {
        for (written, spelled) in [
            (
                "POST / HTTP/1.1\r\nSoapaction: \"a\"\r\n\r\n",
                "POST / HTTP/1.1\r\nSOAPAction: \"a\"\r\n\r\n",
            ),
            (
                "POST / HTTP/1.1\r\n\r\n\r\nSoapaction: ",
                "POST / HTTP/1.1\r\n\r\n\r\nSoapaction: ",
            ),
            (
                "GET / HTTP/1.1\r\nHost: Soapaction: \r\n\r\n",
                "GET / HTTP/1.1\r\nHost: Soapaction: \r\n\r\n",
            ),
            ("", ""),
        ] {
            let mut bytes = written.as_bytes().to_vec();
            spell(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), spelled);
        }
    }
}
