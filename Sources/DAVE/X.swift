enum DAVEX {}
