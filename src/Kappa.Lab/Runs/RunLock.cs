using System.Diagnostics;

namespace Kappa.Lab.Runs;

/// <summary>Keeps a folder to one process. The lock is the operating system's, so it ends with the process however that ends, and holds over a shared file
/// system.</summary>
internal sealed class RunLock : IDisposable
{
    internal const string FileName = ".kappa-lock";
    private const string OwnerName = ".kappa-owner.json";
    private const int LargestOwner = 1 << 12;
    private const int Attempts = 15;
    private const int WaitMilliseconds = 50;

    private readonly FileStream _file;
    private string _folder;

    private RunLock(FileStream file, string folder) => (_file, _folder) = (file, folder);

    /// <summary>Whether a file is part of the lock and no part of a run.</summary>
    internal static bool IsOwn(string path) => Path.GetFileName(path) is FileName or OwnerName;

    /// <summary>Whether a process has a folder. To look writes nothing, and a process that takes it at this moment tries again.</summary>
    internal static bool IsHeld(string folder)
    {
        try
        {
            new FileStream(
                Path.Combine(folder, FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Takes a folder, which is made where it is missing.</summary>
    /// <exception cref="RunFolderException">Another process has it; the message says which and since when.</exception>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    internal static RunLock Take(string folder, string shown)
    {
        _ = Directory.CreateDirectory(folder);
        return TakeExisting(folder, shown) ?? throw new DirectoryNotFoundException($"{shown}: it was removed while it was being opened");
    }

    /// <summary>Takes a folder; null where there is none.</summary>
    internal static RunLock? TakeExisting(string folder, string shown)
    {
        if (OpenLock(folder, shown) is not { } file)
            return null;
        var taken = new RunLock(file, folder);
        try
        {
            taken.SayWho();
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private static FileStream? OpenLock(string folder, string shown)
    {
        string path = Path.Combine(folder, FileName);
        // A process that only looks holds the lock for a moment, and one that has just taken it has not said who it is yet.
        for (int attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                var mode = File.Exists(path) ? FileMode.Open : FileMode.OpenOrCreate;
                return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                // It was moved or removed in between.
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                Thread.Sleep(WaitMilliseconds);
            }
            catch (IOException) when (File.Exists(path))
            {
                throw new RunFolderException($"{shown}: {Holder(folder, shown)}. Wait until it is done, or choose another folder");
            }
        }
        return null;
    }

    /// <summary>The folder has another name from now on.</summary>
    internal void MovedTo(string folder) => _folder = folder;

    public void Dispose()
    {
        try
        {
            File.Delete(Path.Combine(_folder, OwnerName));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The lock is what counts; who had it last is only told.
        }
        _file.Dispose();
    }

    private void SayWho()
    {
        using var process = Process.GetCurrentProcess();
        var owner = new JsonObject
        {
            ["process"] = Environment.ProcessId,
            ["machine"] = Environment.MachineName,
            ["since"] = process.StartTime.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
        };
        AtomicFile.Write(Path.Combine(_folder, OwnerName), stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(owner)));
    }

    /// <summary>Who writes, as the folder says it; one that is being made beside another has not said it yet, but the other has.</summary>
    private static string Holder(params ReadOnlySpan<string> folders)
    {
        foreach (string folder in folders)
        {
            try
            {
                var owner = RunJson.Parse(BoundedFile.ReadAllBytes(Path.Combine(folder, OwnerName), LargestOwner))!;
                return $"process {(int)owner["process"]!} on {(string)owner["machine"]!} is writing here since {(string)owner["since"]!}";
            }
            catch (Exception error) when (
                error is IOException or JsonException or InvalidOperationException or FormatException or UnauthorizedAccessException
                    or NullReferenceException)
            {
                // It has not said so yet.
            }
        }
        return "another process is writing here";
    }

    /// <summary>Whether the lock is one: some shared file systems grant every lock, and then one writer is up to the user.</summary>
    internal bool IsLocked()
    {
        try
        {
            new FileStream(Path.Combine(_folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
