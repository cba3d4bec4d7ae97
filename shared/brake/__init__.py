"""The brake: too many changes or failures in a period stop all writing, in every instance, until a person resumes."""
