using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

public sealed class BoundedFileTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 1000)]
    [InlineData(1000, 5000)]
    public void A_file_as_large_as_the_bound_is_read(int length, int atMost)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        File.WriteAllBytes(folder.File("file"), bytes);
        Assert.Equal(bytes, BoundedFile.ReadAllBytes(folder.File("file"), atMost));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1001, 1000)]
    public void One_byte_more_is_an_error_that_names_file_and_bound(int length, int atMost)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("file"), new byte[length]);
        var error = Assert.Throws<IOException>(() => BoundedFile.ReadAllBytes(folder.File("file"), atMost));
        Assert.Contains($"{folder.File("file")}: expected a file of at most {atMost:N0} bytes; got {length:N0}", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Of_a_file_that_does_not_know_its_length_no_more_than_the_bound_is_read()
    {
        const string Endless = "/dev/zero", Unsized = "/proc/self/status";
        Skip.IfNot(File.Exists(Endless) && File.Exists(Unsized), "there is no /dev/zero here");
        Assert.Contains("got more", Assert.Throws<IOException>(() => BoundedFile.ReadAllBytes(Endless, 100_000)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(BoundedFile.ReadAllBytes(Unsized, 100_000));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Equal("path", Assert.Throws<ArgumentException>(() => BoundedFile.ReadAllBytes("", 1)).ParamName);
        Assert.Equal("atMost", Assert.Throws<ArgumentOutOfRangeException>(() => BoundedFile.ReadAllBytes("/nowhere", -1)).ParamName);
    }
}
