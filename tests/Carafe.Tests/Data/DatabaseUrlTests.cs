using Carafe.Data;

namespace Carafe.Tests.Data;

public class DatabaseUrlTests
{
    [Fact]
    public void A_url_comes_apart_with_its_escapes()
    {
        var url = DatabaseUrl.Parse("postgresql://us%40er:p%2Fa%3Ass@[::1]:5433/na%20me?sslmode=require&application_name=a%26b");
        Assert.Equal(("postgresql", "us@er", "p/a:ss", "::1", 5433, "na me"), (url.Scheme, url.User, url.Password, url.Host, url.Port, url.Name));
        Assert.Equal("a&b", url.Options["application_name"]);
        Assert.Equal("postgresql://::1:5433/na me", url.ToString());
    }

    [Theory]
    [InlineData("postgresql://u@%2Frun%2Fpostgresql/db", "/run/postgresql")]
    [InlineData("postgresql://u@h1:5432,h2:5433/db", "h1:5432,h2:5433")]
    [InlineData("postgresql://u@h1,[::1]:5433/db", "h1,[::1]:5433")]
    public void A_host_may_be_a_socket_or_several(string url, string host) => Assert.Equal(host, DatabaseUrl.Parse(url).Host);

    [Theory]
    [InlineData("postgresql://u@/db?host=/run/postgresql")]
    [InlineData("postgresql://u@h/db?channel_binding=require&gssencmode=disable&keepalives=1&keepalives_idle=30&keepalives_interval=5&keepalives_count=3")]
    [InlineData("postgresql://u@h/db?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslnegotiation=postgres&passfile=/etc/pass")]
    [InlineData("postgresql:///?host=h1,h2&port=5432,5433&dbname=db&user=u&target_session_attrs=read-write&load_balance_hosts=random")]
    public async Task The_options_are_those_of_libpq(string url)
    {
        // The start reads the URL. That nobody answers there is no fault of the options.
        await using var server = await Shop.StartAsync(url, builder => builder.Configuration["MIGRATE_ON_START"] = "false");
        Assert.DoesNotContain(server.Log, line => line.Contains("option", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("postgres", "scheme")]
    [InlineData("sqlite:/dev.db", "two slashes belong after 'sqlite:'")]
    [InlineData("postgresql:/user:hunter2@host/name", "two slashes belong after 'postgresql:'")]
    [InlineData("hunter2:/x@host/name", "scheme")]
    [InlineData("oracle://x/y", "oracle")]
    [InlineData("mysql://root:hunter2@db/app", "MySQL")]
    [InlineData("postgresql://user:hunter2@host:port/name", "port")]
    [InlineData("postgresql://user:hunter2@host:0/name", "port")]
    [InlineData("postgresql://user:hunter2%zz@host/name", "password")]
    [InlineData("postgresql://user:hun/ter2@host/name", "percent-encoded")]
    [InlineData("postgresql://user:hunter2@host/", "name")]
    [InlineData("postgresql://user:hunter2@host/name?sslmode=perhaps", "sslmode")]
    [InlineData("postgresql://user:hunter2@host/name?colour=red", "colour")]
    [InlineData("postgresql://user:hunter2@host/name?keepalives=perhaps", "keepalives")]
    [InlineData("postgresql://user:hunter2@h1,h2:port/name", "port")]
    [InlineData("postgresql://user:hunter2@[::1/name", "IPv6")]
    [InlineData("sqlite://host/file.db", "host")]
    [InlineData("sqlite:///", "path")]
    [InlineData("sqlite:///x.db?mode=fast", "mode")]
    public async Task A_url_that_cannot_be_used_stops_the_start_naming_the_part_and_never_the_password(string url, string part)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Shop.StartAsync(url));
        Assert.Contains("DATABASE_URL", fault.Message, StringComparison.Ordinal);
        Assert.Contains(part, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }
}
