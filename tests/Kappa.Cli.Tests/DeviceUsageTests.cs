using System.Text.RegularExpressions;

namespace Kappa.Cli.Tests;

/// <summary>Names of devices that are wrong, and devices that are not there: an error that says what is absent, before anything is made.</summary>
public sealed class DeviceUsageTests
{
    [Theory]
    [InlineData("--device: expected cpu, ", "--device", "tpu")]
    [InlineData("got CUDA", "--device", "CUDA")]
    [InlineData("got cuda:", "--device", "cuda:")]
    [InlineData("got cuda:-1", "--device", "cuda:-1")]
    [InlineData("got cuda:01", "--device", "cuda:01")]
    [InlineData("got cpu:0", "--device", "cpu:0")]
    [InlineData("got cuda:99999999999", "--device", "cuda:99999999999")]
    [InlineData("--device: expected a device; got an empty one", "--device", "")]
    [InlineData("'half'", "--precision", "half")]
    [InlineData("--precision: cpu computes in float32; got bfloat16", "--precision", "bfloat16")]
    [InlineData("--precision: torch-cpu computes in float32 or bfloat16; got tf32", "--device", "torch-cpu", "--precision", "tf32")]
    [InlineData("mps cannot be used here: it holds no numbers of double precision", "--device", "mps")]
    [InlineData("torch-cpu, cuda, cuda:N", "--device", "tpu")]
    public void What_is_no_device_is_bad_usage(string message, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        foreach (string command in (string[])["compare", "train"])
        {
            string config = command == "compare" ? SmallConfig.WriteTo(folder) : TrainingConfigIn(folder);
            var run = CommandRun.Of([command, config, "--out", folder["run"], .. arguments]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder["run"]));
        }
    }

    [Theory]
    [InlineData("device: expected cpu, ", "\"device\": \"gpu\"")]
    [InlineData("device: expected a string", "\"device\": 0")]
    [InlineData("precision: cpu computes in float32; got tf32", "\"precision\": \"tf32\"")]
    [InlineData("precision: ", "\"precision\": \"float16\"")]
    [InlineData("mps cannot be used here", "\"device\": \"mps\"")]
    public void So_it_is_in_a_config(string message, string field)
    {
        using var folder = new TemporaryFolder();
        foreach (string command in (string[])["compare", "train"])
        {
            string config = command == "compare" ? SmallConfig.WriteTo(folder) : TrainingConfigIn(folder);
            File.WriteAllText(config, File.ReadAllText(config).Replace("\"seed", $"{field}, \"seed", StringComparison.Ordinal));
            var run = CommandRun.Of(command, config, "--out", folder["run"]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder["run"]));
        }
    }

    [Fact]
    public void The_name_of_the_host_is_no_setting_of_its_own()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder);
        Assert.Equal(0, CommandRun.Of("compare", config, "--out", folder["run"], "--device", "cpu", "--precision", "float32").ExitCode);
        Assert.DoesNotContain("\"device\"", File.ReadAllText(folder["run/config.json"]), StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("compare", "--resume", folder["run"]).ExitCode);
    }

    [Theory]
    [InlineData("pathcond/initialisation")]
    [InlineData("isometry/reinforcement")]
    public void An_experiment_that_computes_on_the_host_alone_says_so(string name)
    {
        var run = CommandRun.Of("reproduce", name, "--device", "cuda");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"device: {name} computes on the host alone; got cuda", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_listed_with_what_is_absent()
    {
        var run = CommandRun.Of("devices");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("can be used here: cpu\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("the device mps cannot be used here: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_two_devices_lack_is_said_once()
    {
        using var folder = new TemporaryFolder();
        using var process = CliProcess.Start(folder.FullPath, [("KAPPA_LIBTORCH", folder["none"])], "devices");
        var (code, output, _) = CliProcess.Finish(process);
        Assert.Equal(0, code);
        Assert.Single(Regex.Matches(output, "KAPPA_LIBTORCH is "));
        Assert.Contains("the device torch-cpu cannot be used here: KAPPA_LIBTORCH is ", output, StringComparison.Ordinal);
        Assert.Contains("the device cuda cannot be used here, for the reason of torch-cpu\n", output, StringComparison.Ordinal);
        Assert.Contains("the device mps cannot be used here: it holds no numbers", output, StringComparison.Ordinal);
    }

    private static string TrainingConfigIn(TemporaryFolder folder)
    {
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("a text that goes on. ", 40)));
        File.WriteAllText(
            folder["train.json"],
            """
            { "name": "t", "data": { "name": "text", "path": "text.txt", "tokenizer": "character" },
              "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
              "optimizer": { "name": "adamw", "learningRate": 0.01 }, "steps": 2, "batchSize": 4, "seed": 1 }
            """);
        return folder["train.json"];
    }
}
