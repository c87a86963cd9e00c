module example.com/sluice/docker-host

go 1.22
