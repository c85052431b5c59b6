//! Training leave in the queue of who decides.

use super::world::Unit;

/// The law has it answered within 30 days, and nothing of other leave.
#[tokio::test]
async fn a_request_of_training_leave_says_by_when_the_law_has_it_answered() {
    let mut unit = Unit::open().await;
    let (agent, manager) = (unit.agent.clone(), unit.manager.clone());
    let training = unit.request_training(&agent, "2027-09-01", "2027-11-30").await.to_string();
    unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let queue = unit.json(&manager, "/v1/me/validations").await;
    let answers: Vec<_> = queue["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["leave"] == training, one["answer_by"].as_str().map(str::to_owned)))
        .collect();
    assert_eq!(answers, [(false, None), (true, Some("2027-02-14".to_owned()))], "{queue}");
}
