namespace Kappa.Cli.Tests;

[Collection(WholeProcess.Name)]
public sealed class DataCommandTests
{
    private const string Variable = "KAPPA_DATA_FASHION_MNIST";

    [Fact]
    public void Data_says_which_sets_are_missing_or_damaged_and_names_the_command_that_installs_them()
    {
        // The folder that the variable names is the only one looked at, so the outcome is the same on every machine.
        string? before = Environment.GetEnvironmentVariable(Variable);
        using var folder = new TemporaryFolder();
        try
        {
            Environment.SetEnvironmentVariable(Variable, folder["."]);
            var missing = CommandRun.Of("data");
            Assert.Equal((0, ""), (missing.ExitCode, missing.Error));
            Assert.Matches(
                @"^fashion-mnist\n  70,000 .*\n  missing\n  install  apt-get install dataset-fashion-mnist\n"
                + @"  or set   KAPPA_DATA_FASHION_MNIST to the folder that holds it\nhandwritten-digits\n",
                missing.Output);
            Assert.Contains("brown-corpus\n", missing.Output, StringComparison.Ordinal);
            foreach (string part in (string[])["train", "t10k"])
            {
                File.WriteAllText(folder[$"{part}-images-idx3-ubyte.gz"], "");
                File.WriteAllText(folder[$"{part}-labels-idx1-ubyte.gz"], "");
            }
            Assert.Contains(
                "train-images-idx3-ubyte.gz: expected 26421856 bytes, got 0 bytes. Install fashion-mnist again with 'apt-get install dataset-fashion-mnist'.\n",
                CommandRun.Of("data").Output, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }
}
