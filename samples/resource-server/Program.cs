using ResourceServer;

Server.Create(args).Run();
