using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kappa.Benchmarks;

/// <summary>The parts of OpenBLAS that the benchmarks compare with.</summary>
internal static unsafe partial class OpenBlas
{
    internal const int RowMajor = 101;
    internal const int NoTranspose = 111;
    internal const int Transpose = 112;
    internal const int Lower = 122;
    internal const int NonUnit = 131;
    internal const int Left = 141;
    internal const int Right = 142;

    private const string Library = "libopenblas.so.0";

    /// <summary>Loads the library, or says how to install it. Returns its name for the processor's kernels, or null.</summary>
    internal static string? Load()
    {
        // Release 0.3.21 takes processors that it does not know for the oldest it has kernels for (five times slower), so name the right ones. This must
        // reach the C environment before the library loads; .NET's own SetEnvironmentVariable does not. What is set already was meant for other programs.
        if (Avx512F.IsSupported)
            _ = setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            Console.Error.WriteLine(
                $"{Library} is not installed, and the benchmark needs it for its peer. On Debian or Ubuntu: apt-get install libopenblas0-pthread");
            return null;
        }
        return Marshal.PtrToStringUTF8(openblas_get_corename());
    }

    [LibraryImport(Library)]
    internal static partial void openblas_set_num_threads(int threads);

    [LibraryImport(Library)]
    internal static partial void cblas_sgemm(
        int order, int transposeA, int transposeB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport(Library)]
    internal static partial void cblas_ssyrk(
        int order, int triangle, int transpose, int n, int k, float alpha, float* a, int lda, float beta, float* c, int ldc);

    [LibraryImport(Library)]
    internal static partial void cblas_strsm(
        int order, int side, int triangle, int transpose, int diagonal, int m, int n, float alpha, float* a, int lda, float* b, int ldb);

    /// <summary>The Fortran symbol: column-major, so that triangle 'U' is the lower triangle of a row-major matrix.</summary>
    [LibraryImport(Library)]
    internal static partial void spotrf_(byte* triangle, int* n, float* a, int* lda, int* info);

    [LibraryImport(Library)]
    private static partial nint openblas_get_corename();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
