using System.Runtime.InteropServices;
using Kappa.Tensors;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>What libtorch is told before its first computation on a graphics card.</summary>
internal static partial class GraphicsCards
{
    private const string Workspace = "CUBLAS_WORKSPACE_CONFIG";

    private static readonly Lock Gate = new();
    private static bool? _isTf32;

    /// <summary>Has it compute the same bits in every run where it can (it warns of an operation that cannot), and in TF32 where that is asked for
    /// alone.</summary>
    internal static void Configure(MatrixPrecision precision)
    {
        bool isTf32 = precision == MatrixPrecision.Tf32;
        lock (Gate)
        {
            if (_isTf32 == isTf32)
                return;
            if (_isTf32 is not null)
            {
                throw new NotSupportedException(
                    $"TF32 is a switch of the whole process, and a card was opened {(isTf32 ? "without" : "with")} it before. Open all with one precision");
            }

            // cuBLAS repeats its bits with a workspace of its own alone; it reads this from the environment of the process, not from that of .NET.
            if (Environment.GetEnvironmentVariable(Workspace) is null && !OperatingSystem.IsWindows())
                _ = SetEnvironment(Workspace, ":4096:8", 0);
            _ = Determinism.Switch(true);
            torch.backends.cuda.matmul.allow_tf32 = isTf32;
            // True from the start, in libtorch: convolutions would be in TF32 where nobody asked for it.
            torch.backends.cudnn.allow_tf32 = isTf32;
            _isTf32 = isTf32;
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
