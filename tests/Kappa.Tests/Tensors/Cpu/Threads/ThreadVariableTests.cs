using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tests.Tensors.Cpu.Threads;

[Collection(KernelCases.Name)]
public sealed class ThreadVariableTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+2")]
    [InlineData("2.5")]
    [InlineData("257")]
    [InlineData("99999999999")]
    public void What_is_no_whole_number_in_range_is_an_error_that_names_the_variable(string text)
    {
        string message = Assert.Throws<ArgumentException>(() => ThreadVariable.Parse(text)).Message;
        Assert.Contains("KAPPA_THREADS takes a whole number of threads from 1 to 256", message, StringComparison.Ordinal);
        Assert.Contains($"got \"{text}\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unset_it_is_the_number_of_processors_and_set_it_is_what_it_says()
    {
        Assert.Equal(Math.Clamp(Environment.ProcessorCount, 1, 256), ThreadVariable.Parse(null));
        Assert.Equal(1, ThreadVariable.Parse("1"));
        Assert.Equal(256, ThreadVariable.Parse("256"));
    }

    [Fact]
    public void A_program_can_check_it_at_its_start()
    {
        // From here on the count is known, so that nobody else reads the variable.
        Assert.InRange(ComputeThreads.Count, 1, 256);
        string? before = Environment.GetEnvironmentVariable(ThreadVariable.Name);
        try
        {
            Environment.SetEnvironmentVariable(ThreadVariable.Name, "many");
            Assert.Contains("many", Assert.Throws<ArgumentException>(ComputeThreads.Check).Message, StringComparison.Ordinal);
            Environment.SetEnvironmentVariable(ThreadVariable.Name, "2");
            ComputeThreads.Check();
        }
        finally
        {
            Environment.SetEnvironmentVariable(ThreadVariable.Name, before);
        }
    }
}
