"""What `./run.sh` starts and stops: the servers, the parts of the house, and what is looked at before."""
