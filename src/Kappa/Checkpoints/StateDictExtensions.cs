using Kappa.Networks;

namespace Kappa.Checkpoints;

/// <summary>Named tensors in safetensors files.</summary>
public static class StateDictExtensions
{
    extension(StateDict)
    {
        /// <summary>Reads a safetensors file. The tensors belong to no scope.</summary>
        /// <param name="path">The file.</param>
        /// <returns>The tensors, in the order of the file. F32, F64, I32 and I64 keep their type; F16 and BF16 become Float32, which holds each of their
        /// values exactly.</returns>
        /// <exception cref="SafeTensorsException">The file is damaged, or a tensor has another type or more than six axes.</exception>
        /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
        public static StateDict Load(string path) => StateDictFile.Read(SafeTensorsFile.Read(path));
    }

    /// <summary>Writes a safetensors file, whole or not at all; Float32, Float64, Int32 and Int64 become F32, F64, I32 and I64.</summary>
    /// <param name="state">The tensors.</param>
    /// <param name="path">The file; replaced where it exists. Its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is intact.</exception>
    public static void Save(this StateDict state, string path) => SafeTensorsFile.Write(path, StateDictFile.Entries(state));
}
