using System.ComponentModel;
using System.Diagnostics;
using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

public sealed class AtomicFileTests
{
    [Fact]
    public void The_new_contents_replace_the_old_and_nothing_else_remains()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        AtomicFile.Write(path, stream => stream.Write("old and longer"u8));
        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.FileNames);
    }

    [Fact]
    public void A_writer_that_closes_the_stream_does_no_harm()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream);
            writer.Write(new string('x', 100_000));
        });

        Assert.Equal(100_000, new FileInfo(path).Length);
    }

    [Fact]
    public void An_exception_in_the_middle_leaves_the_old_file_and_passes_through()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        File.WriteAllText(path, "old");
        var error = Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[200_000]);
            throw new OperationCanceledException("stopped");
        }));

        Assert.Equal("stopped", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.FileNames);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(99_999)]
    public void A_disk_that_fills_up_leaves_the_old_file_and_says_what_to_do(int capacity)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        File.WriteAllText(path, "old");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(
            path, stream => stream.Write(new byte[100_000]), file => new FullDiskStream(file, capacity)));

        Assert.StartsWith($"{path}: could not be written: No space left on device", error.Message);
        Assert.Contains("Free some space", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.FileNames);
    }

    [SkippableFact]
    public void A_real_full_disk_leaves_the_old_checkpoint_readable()
    {
        using var folder = new TemporaryFolder();
        Skip.IfNot(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.Path), "cannot mount a tmpfs here");
        try
        {
            string path = folder.File("a.safetensors");
            SafeTensorsFile.Write(path, [SafeTensorsEntry.Create<float>("w", [4096], new float[4096])]);
            byte[] old = File.ReadAllBytes(path);
            var error = Assert.Throws<IOException>(
                () => SafeTensorsFile.Write(path, [SafeTensorsEntry.Create<float>("w", [200_000], new float[200_000])]));

            Assert.Contains("No space left on device", error.Message);
            Assert.Equal(old, File.ReadAllBytes(path));
            Assert.Equal(["a.safetensors"], folder.FileNames);
        }
        finally
        {
            Assert.True(Run("umount", folder.Path));
        }
    }

    [Fact]
    public void A_missing_folder_is_reported_with_the_path()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "missing", "a.txt");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => { }));

        Assert.StartsWith(path, error.Message);
        Assert.Contains("choose a folder that exists", error.Message);
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_by_the_next_write_of_the_same_path_only()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])[".a.txt.77.1.kappa-tmp", ".a.txt.b.77.1.kappa-tmp", ".b.txt.77.1.kappa-tmp", ".a.txt..kappa-tmp",
            ".a.txt.kappa-tmp"])
        {
            File.WriteAllText(folder.File(name), "half");
        }
        AtomicFile.Write(folder.File("a.txt"), stream => stream.Write("new"u8));

        Assert.Equal([".a.txt..kappa-tmp", ".a.txt.b.77.1.kappa-tmp", ".a.txt.kappa-tmp", ".b.txt.77.1.kappa-tmp", "a.txt"], folder.FileNames);
    }

    [Fact]
    public void A_write_within_a_write_of_the_same_path_leaves_the_outer_one_alone()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        AtomicFile.Write(path, outer =>
        {
            outer.Write("outer"u8);
            AtomicFile.Write(path, inner => inner.Write("inner"u8));
            Assert.Equal("inner", File.ReadAllText(path));
        });

        Assert.Equal("outer", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.FileNames);
    }

    [SkippableFact]
    public void A_symbolic_link_keeps_its_target_and_the_target_its_permissions()
    {
        Skip.If(OperatingSystem.IsWindows(), "links and permissions of Unix");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("real.txt"), "old");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.File("real.txt"), Mode);
        }
        _ = File.CreateSymbolicLink(folder.File("link.txt"), "real.txt");
        AtomicFile.Write(folder.File("link.txt"), stream => stream.Write("new"u8));

        Assert.Equal("real.txt", new FileInfo(folder.File("link.txt")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder.File("real.txt")));
        Assert.Equal(Mode, OperatingSystem.IsWindows() ? Mode : File.GetUnixFileMode(folder.File("real.txt")));
    }

    [Fact]
    public async Task Concurrent_readers_and_writers_see_whole_files_only()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.bin");
        AtomicFile.Write(path, stream => stream.Write(Contents(0)));
        // Threads of their own: on a busy pool the reader would start after the last write.
        var reader = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    byte[] bytes = File.ReadAllBytes(path);
                    Assert.True(bytes.AsSpan().SequenceEqual(Contents(bytes.FirstOrDefault())), $"a torn read of {bytes.Length} bytes");
                }
            },
            TaskCreationOptions.LongRunning);
        Task[] writers = [.. Enumerable.Range(0, 2).Select(writer => Task.Factory.StartNew(
            () =>
            {
                for (byte i = 0; !reader.IsCompleted; i++)
                {
                    byte number = (byte)(i % 64 * 2 + writer);
                    AtomicFile.Write(path, stream => stream.Write(Contents(number)));
                }
            },
            TaskCreationOptions.LongRunning))];
        await Task.WhenAll([reader, .. writers]);

        Assert.Equal(["a.bin"], folder.FileNames);
    }

    /// <summary>Bytes and length that depend on the number, in several pieces of the buffer.</summary>
    private static byte[] Contents(byte number)
    {
        var bytes = new byte[200_000 + 1000 * number];
        Array.Fill(bytes, number);
        return bytes;
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            _ = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Passes bytes on until the disk is full.</summary>
    private sealed class FullDiskStream(Stream inner, int capacity) : Stream
    {
        private int _left = capacity;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            int fits = Math.Min(count, _left);
            inner.Write(buffer, offset, fits);
            _left -= fits;
            if (fits < count)
            {
                throw new IOException("No space left on device");
            }
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
