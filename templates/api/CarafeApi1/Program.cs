return await CarafeApp.RunAsync(args, ApiNamespace1.ApiFactory.Create);
