"""What kinds and streams are called, as messages that each language has."""

from __future__ import annotations

from veillee.model import Kind, Stream

KIND_NAMES = {
    Kind.STORY: "Story",
    Kind.ANNOUNCEMENT: "Announcement",
    Kind.QUESTION: "Question",
    Kind.BUZZ: "Buzz",
    Kind.KNOWLEDGE: "Knowledge",
}
STREAM_NAMES = {Stream.ANNOUNCEMENTS: "Announcements", Stream.QUESTIONS: "Questions", Stream.BUZZ: "Buzz"}
