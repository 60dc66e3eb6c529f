using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kappa.Web.Tests;

/// <summary>Who is answered, and what nobody gets: each row is a request as its bytes go over the wire.</summary>
public sealed class RequestTests : IAsyncLifetime, IDisposable
{
    private const string Secret = "what nobody may see";

    private readonly WatchedRuns _runs = new();
    private RunServer _server = null!;

    public async Task InitializeAsync()
    {
        using (var run = _runs.Begin("first-1", "train", WatchedRuns.Training(900)))
            WatchedRuns.Finish(run);
        _runs.Append("first-1", WatchedRuns.Line(5, 2));
        _runs.AddOutside(Secret);
        _server = await Start(0);
    }

    [Theory]
    [InlineData("GET", "127.0.0.1", 200)]
    [InlineData("GET", "127.0.0.1:9000", 200)]
    [InlineData("GET", "localhost:5272", 200)]
    [InlineData("GET", "LOCALHOST", 200)]
    [InlineData("GET", "[::1]:5272", 200)]
    [InlineData("HEAD", "localhost", 200)]
    [InlineData("GET", "evil.example", 400)]
    [InlineData("GET", "127.0.0.1.evil.example", 400)]
    [InlineData("GET", "localhost.evil.example:5272", 400)]
    [InlineData("GET", "evil.example@localhost", 400)]
    [InlineData("GET", "0.0.0.0", 400)]
    [InlineData("GET", "", 400)]
    [InlineData("GET", null, 400)]
    [InlineData("HEAD", "evil.example", 400)]
    [InlineData("POST", "localhost", 405)]
    [InlineData("PUT", "localhost", 405)]
    [InlineData("DELETE", "localhost", 405)]
    [InlineData("PATCH", "localhost", 405)]
    [InlineData("OPTIONS", "localhost", 405)]
    [InlineData("TRACE", "localhost", 405)]
    [InlineData("PROPFIND", "localhost", 405)]
    public async Task Only_this_machine_is_answered_and_only_reading(string method, string? host, int status)
    {
        foreach (string path in new[] { "/", "/runs/first-1", "/runs/first-1/report.html", "/assets/report.js" })
        {
            var answer = await RawRequest.Send(_server.Address, method, path, host);
            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 405, answer.Head.Contains("\r\nAllow: GET, HEAD", StringComparison.Ordinal));
            if (method == "HEAD")
                Assert.Equal("", answer.Body);
            else if (status != 200)
                Assert.DoesNotContain("first", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/../secret.html")]
    [InlineData("/runs/../secret.html")]
    [InlineData("/runs/../outside/report.html")]
    [InlineData("/runs/first-1/../../outside/report.html")]
    [InlineData("/runs/%2e%2e/outside/report.html")]
    [InlineData("/runs/%2E%2E/outside")]
    [InlineData("/runs/..%2foutside/report.html")]
    [InlineData("/runs/%2e%2e%2foutside/report.html")]
    [InlineData("/runs/%252e%252e/outside/report.html")]
    [InlineData("/runs/..%5coutside/report.html")]
    [InlineData("/runs/..;/outside/report.html")]
    [InlineData("/runs/.../outside")]
    [InlineData("/runs/%00/report.html")]
    [InlineData("/runs//first-1")]
    [InlineData("/runs/.")]
    [InlineData("/runs/linked")]
    [InlineData("/runs/linked/report.html")]
    [InlineData("/runs/inside/report.html")]
    [InlineData("/runs/inside/probe")]
    [InlineData("/runs/inside/probe/report.html")]
    [InlineData("/runs/first-1/run.json")]
    [InlineData("/runs/first-1/metrics.jsonl")]
    [InlineData("/runs/first-1/.kappa-lock")]
    [InlineData("/assets/../runs/first-1/run.json")]
    [InlineData("/assets/secret.html")]
    [InlineData("/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/first-1")]
    public async Task What_is_no_page_of_the_folder_is_not_found(string path)
    {
        var answer = await RawRequest.Send(_server.Address, "GET", path);
        Assert.True(answer.Status is 404 or 400, $"{path}: {answer.Status}");
        Assert.DoesNotContain(Secret, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("kappa-run", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_are_followed_nowhere_and_their_targets_are_in_no_page()
    {
        foreach (string path in new[] { "/", "/runs/inside" })
        {
            var answer = await RawRequest.Send(_server.Address, "GET", path);
            Assert.Equal(200, answer.Status);
            Assert.DoesNotContain(Secret, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("12345", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("linked", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/", "script-src 'self';")]
    [InlineData("/runs/first-1", "script-src 'self';")]
    [InlineData("/runs/nothing", "script-src 'self';")]
    [InlineData("/runs/first-1/report.html", "sandbox allow-scripts allow-downloads; default-src 'none';")]
    public async Task Every_page_says_what_it_may_load_and_that_no_other_site_may_use_it(string path, string policy)
    {
        var answer = await RawRequest.Send(_server.Address, "GET", path);
        foreach (string header in new[]
        {
            "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin", "Cache-Control: no-store",
            "frame-ancestors 'none'", "default-src 'none'", policy,
        })
            Assert.Contains(header, answer.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control", answer.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_changes_by_being_looked_at()
    {
        var before = _runs.Everything();
        foreach (string path in new[] { "/", "/runs/first-1", "/runs/inside", "/runs/first-1/report.html", "/runs/nothing" })
            _ = await RawRequest.Send(_server.Address, "GET", path);
        Assert.Equal(before, _runs.Everything());
    }

    [Fact]
    public async Task A_run_can_be_taken_while_it_is_looked_at()
    {
        int looks = 0;
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                _ = await RawRequest.Send(_server.Address, "GET", "/runs/first-1");
                _ = Interlocked.Increment(ref looks);
            }
        });
        // The first answers take longer than the run is taken many times.
        while (Volatile.Read(ref looks) < 20 && !looking.IsCompleted)
            RunFolder.Open(new RunRequest("train", "first", WatchedRuns.Training(900)) { Path = _runs["first-1"], Mode = RunFolderMode.Resume }).Dispose();
        await stop.CancelAsync();
        await looking;
    }

    [Fact]
    public async Task A_page_that_is_known_is_not_sent_again()
    {
        var first = await RawRequest.Send(_server.Address, "GET", "/runs/first-1");
        string tag = first.Head.Split("ETag: ")[1].Split('\r')[0];
        Assert.Equal(304, (await RawRequest.Send(_server.Address, "GET", "/runs/first-1", header: $"If-None-Match: {tag}")).Status);
        _runs.Append("first-1", WatchedRuns.Line(6, 2));
        Assert.Equal(200, (await RawRequest.Send(_server.Address, "GET", "/runs/first-1", header: $"If-None-Match: {tag}")).Status);
    }

    [Fact]
    public async Task It_listens_on_loopback_addresses_alone()
    {
        await using var server = await Start(FreePort());
        foreach (int port in new[] { server.Address.Port, _server.Address.Port })
        {
            var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(one => one.Port == port).ToArray();
            Assert.Contains(listeners, one => one.Address.Equals(IPAddress.Loopback));
            Assert.All(listeners, one => Assert.True(IPAddress.IsLoopback(one.Address), one.ToString()));
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_with_the_way_out()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => Start(_server.Address.Port));
        Assert.Equal(
            $"--port: expected a port that can be had; {_server.Address.Port} cannot: it is taken. Another kappa serve may have it: stop that one, "
            + "name another port, or give --port 0 for one that is free", error.Message);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _runs.Dispose();

    private Task<RunServer> Start(int port) => RunServer.StartAsync(new RunPages(new ShownFolder(_runs.Root), KappaCatalog.Choices), port);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
