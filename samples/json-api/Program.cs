return await CarafeApp.RunAsync(args, JsonApi.ArticlesApp.Create);
