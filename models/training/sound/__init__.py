"""How the sound generators were trained: clips, their analysis, the network, export, and what the results are worth."""
