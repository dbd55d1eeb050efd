using System.Reflection;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Architecture;

/// <summary>Checks what the kit leaves to the platform, and that settings stay as they were read.</summary>
public sealed class PlatformTests
{
    [Fact]
    public async Task The_start_is_validated_by_the_platforms_own_validator()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"]);
        var validator = Assert.Single(app.Services.GetServices<IStartupValidator>());
        Assert.Equal(typeof(IStartupValidator).Assembly, validator.GetType().Assembly);
    }

    [Theory]
    [InlineData("Carafe")]
    [InlineData("Carafe.Data")]
    [InlineData("Carafe.OpenApi")]
    [InlineData("Carafe.Mail")]
    [InlineData("Carafe.Redis")]
    [InlineData("Carafe.Tasks")]
    [InlineData("Carafe.Telemetry")]
    public void Settings_cannot_be_changed_after_they_were_read(string project) =>
        Assert.All(
            Assembly.Load(project).GetTypes().Where(type => type.Name.EndsWith("Settings", StringComparison.Ordinal)).SelectMany(type => type.GetProperties()),
            property => Assert.True(
                property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)) is not false,
                $"{property.DeclaringType}.{property.Name} can be set"));
}
