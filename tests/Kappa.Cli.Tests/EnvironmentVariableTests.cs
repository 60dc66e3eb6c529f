namespace Kappa.Cli.Tests;

/// <summary>A variable of the environment is checked as an option is. Each case is a process of its own, since variables are the process's.</summary>
public sealed class EnvironmentVariableTests
{
    private const string Digits = """
        {
          "name": "digits",
          "data": { "name": "handwritten-digits" },
          "model": { "name": "mlp", "hidden": [8] },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 1, "batchSize": 2, "validationExamples": 2
        }
        """;

    [Theory]
    [InlineData("KAPPA_THREADS", "abc", "a whole number of threads from 1 to 256; got \"abc\"")]
    [InlineData("KAPPA_THREADS", "0", "got \"0\"")]
    [InlineData("KAPPA_THREADS", "-1", "got \"-1\"")]
    [InlineData("KAPPA_THREADS", "", "got \"\"")]
    [InlineData("KAPPA_DATA_FASHION_MNIST", "", "expected the folder that holds the data set fashion-mnist; got an empty text")]
    [InlineData("KAPPA_DATA_HANDWRITTEN_DIGITS", " ", "expected the folder that holds the data set handwritten-digits; got an empty text")]
    [InlineData("KAPPA_DATA_BROWN_CORPUS", "", "expected the folder that holds the data set brown-corpus; got an empty text")]
    [InlineData("KAPPA_HUMANOID_XML", "", "expected the file humanoid.xml of MuJoCo 2.2.2; got an empty text")]
    public void A_variable_that_cannot_be_is_a_usage_error_that_names_it(string name, string value, string message)
    {
        using var folder = new TemporaryFolder();
        using var process = CliProcess.Start(folder.FullPath, [(name, value)], "tasks");
        var (code, _, error) = CliProcess.Finish(process);
        Assert.StartsWith($"error: {name}: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(2, code);
    }

    [Fact]
    public void Help_is_given_whatever_the_variables_say()
    {
        using var folder = new TemporaryFolder();
        using var process = CliProcess.Start(folder.FullPath, [("KAPPA_THREADS", "abc")], "train", "--help");
        Assert.Equal(0, CliProcess.Finish(process).ExitCode);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_usage_error_where_it_is_needed_and_none_elsewhere()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.json"], Digits);
        (string, string?)[] environment = [("KAPPA_DATA_HANDWRITTEN_DIGITS", folder["none"])];
        string[][] commands = [["train", "run.json"], ["reproduce", "pathcond/autoencoder"], ["reproduce", "isometry/permuted-inputs", "--set", "data=digits"]];
        foreach (string[] arguments in commands)
        {
            using var process = CliProcess.Start(folder.FullPath, environment, arguments);
            var (code, output, error) = CliProcess.Finish(process);
            Assert.Contains("KAPPA_DATA_HANDWRITTEN_DIGITS", error, StringComparison.Ordinal);
            Assert.Contains("npm", error, StringComparison.Ordinal);
            Assert.DoesNotContain("fault of Kappa", error, StringComparison.Ordinal);
            Assert.True(code == 2, output + error);
        }
        using var list = CliProcess.Start(folder.FullPath, environment, "reproduce");
        Assert.Equal(0, CliProcess.Finish(list).ExitCode);
    }

    [Fact]
    public void Threads_are_an_option_of_every_command_too_which_comes_before_the_variable()
    {
        using var folder = new TemporaryFolder();
        // The variable is checked after the option has been written to it.
        using var process = CliProcess.Start(folder.FullPath, [("KAPPA_THREADS", "abc")], "tasks", "--threads", "2");
        Assert.Equal(0, CliProcess.Finish(process).ExitCode);
        var wrong = CommandRun.Of("tasks", "--threads", "0");
        Assert.Equal(
            (2, "error: --threads: expected an integer from 1 to 256; got 0\nkappa tasks --help shows what it takes.\n"), (wrong.ExitCode, wrong.Error));
    }
}
