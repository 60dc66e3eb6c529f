namespace Kappa.Mujoco.Tests;

public sealed class LibraryTests
{
    [Fact]
    public void A_missing_library_is_explained_with_what_was_tried_and_what_to_install()
    {
        string text = MujocoLibrary.DescribeMissing(
            ["libmujoco.so: version 312, expected 222", "libmujoco.so.2.2.2: not found"]);
        Assert.Contains("libmujoco.so: version 312, expected 222; libmujoco.so.2.2.2: not found", text, StringComparison.Ordinal);
        Assert.Contains("apt-get install libmujoco-dev libmujoco-samples", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_is_empty_exactly_when_the_library_is_available() =>
        Assert.Equal(MujocoLibrary.IsAvailable, MujocoLibrary.UnavailableReason.Length == 0);

    [Fact]
    public void Looking_again_finds_what_is_installed_now() => Assert.Equal(MujocoLibrary.UnavailableReason, MujocoLibrary.LookAgain());

    [SkippableFact]
    public void The_runtime_packages_versioned_name_is_enough()
    {
        Requires.Mujoco();
        Assert.NotEqual(0, MujocoLibrary.LoadFirst(["libmujoco.so.2.2.2"], []));
    }

    [SkippableFact]
    public void Another_version_or_another_library_is_passed_over_with_the_reason()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Compiler.IsAvailable, Compiler.HowToInstall);
        string folder = Directory.CreateTempSubdirectory("kappa-version").FullName;
        try
        {
            string newer = Path.Combine(folder, "newer.so"), other = Path.Combine(folder, "other.so");
            Compiler.Compile(folder, "int mj_version(void) { return 312; }", "-shared", "-fPIC", "-o", newer);
            Compiler.Compile(folder, "int other(void) { return 222; }", "-shared", "-fPIC", "-o", other);
            var attempts = new List<string>();
            Assert.Equal(0, MujocoLibrary.LoadFirst([newer, other, "libnowhere.so"], attempts));
            Assert.Equal(
                [$"{newer}: version 312, expected 222", $"{other}: has no mj_version", "libnowhere.so: not found"], attempts);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public void The_error_handler_is_ours_so_that_no_error_waits_for_the_Enter_key()
    {
        Requires.Mujoco();
        unsafe
        {
            Assert.NotEqual(0, *(nint*)MujocoLibrary.Export("mju_user_error"));
            Assert.NotEqual(0, *(nint*)MujocoLibrary.Export("mju_user_warning"));
        }
    }

    [SkippableFact]
    public void A_model_that_does_not_parse_is_refused_with_MuJoCos_reason()
    {
        Requires.Mujoco();
        var error = Assert.Throws<MujocoException>(() => TinyModels.Load("<mujoco><worldbody><bod/></worldbody></mujoco>"));
        Assert.Contains("bod", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_model_file_that_is_not_there_is_named()
    {
        Requires.Mujoco();
        var error = Assert.Throws<FileNotFoundException>(() => MujocoModel.FromXmlFile("nowhere/model.xml"));
        Assert.Contains("nowhere/model.xml", error.Message, StringComparison.Ordinal);
    }
}
