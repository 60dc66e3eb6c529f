using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kappa.Cli.Tests;

/// <summary>The command of the web server, and that the others have nothing to do with it.</summary>
public sealed class ServeCommandTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Fact]
    public async Task It_prints_an_address_at_which_the_runs_are_and_ends_when_it_is_killed()
    {
        using var process = CliProcess.Start(runs["."], "serve", ".", "--port", "0");
        string line = (await process.StandardOutput.ReadLineAsync())!;
        using var client = new HttpClient();
        string address = line.Split(": ")[1];
        Assert.StartsWith("http://127.0.0.1:", address, StringComparison.Ordinal);
        Assert.Contains("href=\"/runs/run\"", await client.GetStringAsync(new Uri(address)), StringComparison.Ordinal);
        Assert.Contains("\"title\":\"Validation accuracy\"", await client.GetStringAsync(new Uri($"{address}runs/run")), StringComparison.Ordinal);
        Assert.Contains("What it ended with", await client.GetStringAsync(new Uri($"{address}runs/run/report.html")), StringComparison.Ordinal);
        process.Kill();
        _ = CliProcess.Finish(process);
    }

    [Fact]
    public void A_taken_port_a_missing_folder_and_a_number_that_is_no_port_are_errors_with_the_way_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        var taken = CliProcess.Finish(CliProcess.Start(runs["."], "serve", ".", "--port", port));
        Assert.Equal(1, taken.ExitCode);
        Assert.StartsWith($"error: --port: expected a port that can be had; {port} cannot: it is taken.", taken.Error, StringComparison.Ordinal);
        Assert.Equal(
            (2, "error: nowhere: there is no such folder. Give one with runs in it, or begin a run first: kappa train and the others write into runs/\n"),
            CodeAndError(CliProcess.Finish(CliProcess.Start(runs["."], "serve", "nowhere"))));
        Assert.Equal(
            (2, "error: --port: expected an integer from 0 to 65535; got 65536\nkappa serve --help shows what it takes.\n"),
            CodeAndError(CliProcess.Finish(CliProcess.Start(runs["."], "serve", ".", "--port", "65536"))));
    }

    [Theory]
    [InlineData(false, "--help")]
    [InlineData(false, "serve", "--help")]
    [InlineData(false, "optimizers")]
    [InlineData(true, "serve", "--port", "0", "nowhere")]
    public void Other_commands_do_not_load_the_web_server(bool isLoaded, params string[] arguments)
    {
        string trace = runs["loads.nettrace"];
        using var process = CliProcess.Start(
            runs["."],
            [
                ("DOTNET_EnableEventPipe", "1"), ("DOTNET_EventPipeOutputPath", trace),
                ("DOTNET_EventPipeConfig", "Microsoft-Windows-DotNETRuntime:0x8:4"),
            ],
            arguments);
        _ = CliProcess.Finish(process);
        string loads = Encoding.Unicode.GetString(File.ReadAllBytes(trace)) + Encoding.Unicode.GetString(File.ReadAllBytes(trace).AsSpan(1));
        Assert.Contains("System.CommandLine", loads, StringComparison.Ordinal);
        Assert.Equal(isLoaded, loads.Contains("Kappa.Web", StringComparison.Ordinal));
        Assert.True(isLoaded || !loads.Contains("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    private static (int Code, string Error) CodeAndError((int ExitCode, string Output, string Error) ended) => (ended.ExitCode, ended.Error);
}
