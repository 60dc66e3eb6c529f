using Locator = Kappa.TorchSharp.Libtorch;

namespace Kappa.TorchSharp.Tests;

/// <summary>Where libtorch is looked for, and what is said where it is not, or cannot be loaded: without any of it.</summary>
public sealed class LocateTests
{
    private static readonly string Name =
        OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";

    [Fact]
    public void The_folder_of_the_user_comes_first_then_the_program_then_the_cache()
    {
        string root = Directory.CreateTempSubdirectory("kappa-test-").FullName;
        try
        {
            string Make(string folder)
            {
                string path = Path.Combine(root, folder);
                _ = Directory.CreateDirectory(path);
                File.WriteAllBytes(Path.Combine(path, Name), []);
                return path;
            }

            string user = Make("user"), inside = Make("unpacked/lib"), program = Make("program"), cache = Make("cache"), empty = Path.Combine(root, "empty");
            Assert.Equal(user, Locator.Locate(user, [program], [cache]));
            Assert.Equal(inside, Locator.Locate(Path.Combine(root, "unpacked"), [program], [cache]));
            Assert.Equal(program, Locator.Locate(null, [empty, program], [cache]));
            Assert.Equal(cache, Locator.Locate(null, [empty], [empty, cache]));
            // What the user names is not passed over in silence.
            Assert.Contains(
                $"KAPPA_LIBTORCH is {empty}, where no {Name} is", Assert.Throws<NotSupportedException>(() => Locator.Locate(empty, [program], [cache])).Message,
                StringComparison.Ordinal);
            Assert.Contains(
                "KAPPA_LIBTORCH is an empty text", Assert.Throws<NotSupportedException>(() => Locator.Locate("", [empty], [empty])).Message,
                StringComparison.Ordinal);
            string absent = Assert.Throws<NotSupportedException>(() => Locator.Locate(null, [empty], [empty])).Message;
            Assert.Contains("neither beside the program nor in the cache of NuGet", absent, StringComparison.Ordinal);
            Assert.Contains("pip install torch==2.10.0", absent, StringComparison.Ordinal);
            Assert.Contains("set KAPPA_LIBTORCH to the folder", absent, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "the C++ library of this system is too old")]
    [InlineData("undefined symbol: _ZN2at5emptyE", "TorchSharp takes version 2.10.0")]
    [InlineData("libcudart.so.12: cannot open shared object file", "The loader said: libcudart.so.12")]
    public void A_loader_that_complains_is_explained(string complaint, string message) =>
        Assert.Contains(message, Locator.Explain(complaint, "/opt/libtorch/lib"), StringComparison.Ordinal);
}
