use std::time::Duration;

use tokio::net::UdpSocket;

use super::*;
use crate::core::address::family::Family;

const TRANSACTION: [u8; 12] = *b"twelve bytes";

/// 84.212.10.20 under the mask of the magic cookie.
const MASKED: [u8; 4] = [0x54 ^ 0x21, 0xd4 ^ 0x12, 0x0a ^ 0xa4, 0x14 ^ 0x42];

fn answer(request: &[u8]) -> Vec<u8> {
    let head = [&[1, 1, 0, 12][..], &request[4..]].concat();
    [&head[..], &[0, 0x20, 0, 8, 0, 1, 9, 9], &MASKED].concat()
}

async fn hear(socket: &UdpSocket) -> (Vec<u8>, std::net::SocketAddr) {
    let mut room = [0; 100];
    let (length, client) = socket.recv_from(&mut room).await.unwrap();
    (room[..length].to_vec(), client)
}

async fn start() -> (UdpSocket, StunServer) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = StunServer::parse(&socket.local_addr().unwrap().to_string()).unwrap();
    (socket, server)
}

#[test]
fn every_operator_is_another_one() {
    for (position, operator) in OPERATORS.iter().enumerate() {
        let others = &OPERATORS[position + 1..];
        assert!(
            others
                .iter()
                .all(|it| it.name != operator.name && it.host != operator.host)
        );
    }
}

#[test]
fn a_server_of_the_list_is_its_operators_however_it_is_configured() {
    for (text, operator) in [
        ("STUN.l.google.com:19302", "Google"),
        ("stun.l.google.com:3478", "Google"),
        ("stun.example.net:3478", "stun.example.net"),
        ("[2001:DB8::1]:3478", "2001:db8::1"),
    ] {
        assert_eq!(StunServer::parse(text).unwrap().operator(), operator);
    }
}

#[tokio::test]
async fn the_address_a_request_comes_from_is_the_answer() {
    let (socket, server) = start().await;
    let answering = async {
        let (request, client) = hear(&socket).await;
        socket.send_to(&answer(&request), client).await.unwrap();
    };
    let way = SocketBinder::new(Family::V4.into(), Duration::from_secs(10));
    let asking = server.ask(&way, TRANSACTION);
    let (addr, ()) = tokio::join!(asking, answering);
    assert_eq!(addr.unwrap().to_string(), "84.212.10.20");
}

#[tokio::test]
async fn an_answer_to_another_transaction_is_ignored_until_the_deadline() {
    let (socket, server) = start().await;
    let answering = async {
        let (mut request, client) = hear(&socket).await;
        request[19] ^= 1;
        socket.send_to(&answer(&request), client).await.unwrap();
    };
    let way = SocketBinder::new(Family::V4.into(), Duration::from_millis(100));
    let asking = server.ask(&way, TRANSACTION);
    let (addr, ()) = tokio::join!(asking, answering);
    assert!(addr.unwrap_err().ends_with("it is of another transaction"));
}

#[tokio::test]
async fn a_request_that_was_lost_is_repeated_with_its_transaction() {
    let (socket, server) = start().await;
    let answering = async {
        let (first, _) = hear(&socket).await;
        let (second, client) = hear(&socket).await;
        assert_eq!(first, second);
        socket.send_to(&answer(&second), client).await.unwrap();
    };
    let way = SocketBinder::new(Family::V4.into(), Duration::from_secs(10));
    let asking = server.ask(&way, TRANSACTION);
    let (addr, ()) = tokio::join!(asking, answering);
    assert!(addr.is_ok());
}

#[tokio::test]
async fn a_server_without_an_address_of_the_family_is_not_asked_in_the_other() {
    let (_socket, server) = start().await;
    let way = SocketBinder::new(Family::V6.into(), Duration::from_secs(10));
    let asking = server.ask(&way, TRANSACTION);
    assert_eq!(asking.await.unwrap_err(), "127.0.0.1 has no IPv6 address");
}
