"""WHAT COMES BACK -> MODEL. Messages in a mailbox -> who wants to leave, what bounced, who complained."""
