"""What admins see and do in the bot; silence for everybody else."""
