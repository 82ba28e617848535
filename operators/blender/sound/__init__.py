"""Sound strips: where sound is heard, reactions to it, MIDI."""
