"""Where frames come from; `table` names them all."""
