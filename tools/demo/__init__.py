"""The generated platform: merchants that behave, with planted stories whose truth is known."""
