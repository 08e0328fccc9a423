"""Who is called, when, and by what: alerts, prompts, emergencies, sounders and the corridor unit (chapter A)."""
