using System.Globalization;

namespace Kappa.Training;

/// <summary>Keeps the folder of a <see cref="Trainer"/> to one training. The lock is the operating system's, so that it ends with the process however that
/// ends.</summary>
internal static class TrainerLock
{
    internal const string FileName = ".kappa-trainer-lock";

    /// <summary>Takes a folder, which is made where it is missing; it is free again when the result is disposed of.</summary>
    /// <exception cref="InvalidOperationException">Another training has it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    internal static FileStream Take(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"the folder {folder} is in use: another training, of this process or another, writes there. ")
                + "Wait until it is done, or give another folder", error);
        }
    }
}
