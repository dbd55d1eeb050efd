return await CarafeApp.RunAsync(args, MyApi.MyApp.Create);
