//! With `ledger index` the usual questions are answered without a look at every record.

use rusqlite::Connection;

use crate::calls::{home, open, rows};

/// The usual questions, as docs/sql.md asks them.
const QUESTIONS: [&str; 9] = [
    // User and date.
    "SELECT created_at, ai_model, cost_usd FROM token_usage WHERE user_id = 'alice' AND occurred_ms >= 1793836800000 AND occurred_ms < 1794700800000 ORDER BY id",
    // User and agent.
    "SELECT id, cost FROM llm_usage_logs WHERE user_id = 'alice' AND agent_id = 'support-bot' ORDER BY id",
    "SELECT id, cost FROM llm_usage_logs WHERE agent_id = 'support-bot' ORDER BY id",
    // User, provider and model.
    "SELECT id, cost FROM llm_usage_logs WHERE user_id = 'alice' AND provider = 'openai' AND model LIKE 'gpt%' ORDER BY id",
    // Workflow.
    "SELECT workflow_id, COUNT(*), SUM(total_tokens) FROM token_usage WHERE workflow_id = 'answer-ticket' GROUP BY workflow_id",
    // Request id, response id.
    "SELECT id, cost FROM llm_usage_logs WHERE request_id = 'req_02f75d53314250cbb6e2' ORDER BY id",
    "SELECT id, cost FROM llm_usage_logs WHERE response_id = 'chatcmpl-FUAZ3ktbmS4sJMMGw8vuXc85etYa' ORDER BY id",
    // Time.
    "SELECT model, COUNT(*), SUM(cost_pico) FROM llm_usage_logs WHERE occurred_ms >= 1793836800000 AND occurred_ms < 1794700800000 GROUP BY model ORDER BY model",
    // Details, page by page: those after the last one of the page before.
    "SELECT created_at, id FROM token_usage WHERE occurred_ms < 1794700800000 ORDER BY occurred_ms DESC, id LIMIT 20",
];

fn plan(ledger: &Connection, question: &str) -> Vec<String> {
    let mut plan = ledger
        .prepare(&format!("EXPLAIN QUERY PLAN {question}"))
        .unwrap();
    let steps = plan.query_map([], |row| row.get(3)).unwrap();
    steps.map(Result::unwrap).collect()
}

/// Whether a plan looks at every record.
fn scans(plan: &[String]) -> bool {
    plan.iter()
        .any(|step| step.starts_with("SCAN u") || step.starts_with("SCAN usage"))
}

#[test]
fn the_usual_questions_scan_no_records_where_there_are_indexes() {
    let home = home();
    let without = open(&home);
    let answers = QUESTIONS.map(|question| rows(&without, question));
    for (question, answer) in QUESTIONS.into_iter().zip(&answers) {
        assert!(!answer.is_empty(), "{question}");
        assert!(scans(&plan(&without, question)), "{question}");
    }
    drop(without);
    home.out(&["ledger", "index"]);
    let with = open(&home);
    for (question, answer) in QUESTIONS.into_iter().zip(answers) {
        let plan = plan(&with, question);
        assert!(!scans(&plan), "{question}\n{}", plan.join("\n"));
        assert_eq!(rows(&with, question), answer, "{question}");
    }
}
