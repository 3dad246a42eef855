"""The parts of offload_spark.py."""
