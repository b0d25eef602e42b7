//! What a round's report says to each of its readers: people, programs, the log, the status socket.

pub mod json;
pub mod log;
pub mod plan;
pub mod status;
pub mod table;
pub mod text;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        address::family::Family,
        detection::{
            nat::{NatState, ReachabilityWarning},
            observation::{Observation, UnavailableReason},
            report::DetectionReport,
        },
        report::Report,
        state::State,
        time::BootTime,
    };

    #[test]
    fn what_is_in_the_way_of_connections_is_told_to_people_and_programs() {
        let note = ReachabilityWarning::NotGlobal {
            router: [100, 64, 1, 2].into(),
            what: "behind carrier-grade NAT (RFC 6598)",
        };
        let said = note.to_string();
        let family = DetectionReport {
            path: Family::V4.into(),
            observation: Observation::Unavailable(UnavailableReason::NoAnswer(Vec::new())),
            answers: Vec::new(),
            warnings: vec![note],
            nat: NatState::default(),
        };
        assert!(text::detection(&family).contains(&format!("\n  note: {said}\n")));
        let json = json::detection(std::slice::from_ref(&family));
        assert_eq!(json["ipv4"]["notes"], serde_json::json!([said]));
        let last = status::LastRound {
            ended: BootTime::from_millis(0),
            next: BootTime::from_millis(0),
            report: Report {
                detections: vec![family],
                ..Report::default()
            },
        };
        let status = status::status(Some(&last), &State::default(), BootTime::from_millis(0));
        assert_eq!(status.notes, [said.as_str()]);
        assert!(status::text(&status).contains(&format!("note: {said}\n")));
    }
}
